"""kill -9 of each process at several moments: every acknowledged object arrives exactly once in Orthanc."""
import re
import threading
import unittest

from harness import *

STORES = int(os.environ.get("VEILGATE_KILL_STORES", "200"))
ROUNDS = ["receive", "run", "worker", "all", "run", "worker", "receive", "all"]


class KillTest(GatewayTest):
    def test_every_acknowledged_object_arrives_exactly_once(self):
        orthanc = self.start_orthanc()
        gateway = self.start_gateway(
            destinations=self.orthanc_destination(orthanc),
            routes="  - name: photos\n    destinations: [orthanc]\n    review: automatic\n    detect: {faces: false, text: false, barcodes: true}\n",
            workers_extra="  max_attempts: 10\n")
        photos = self.make_photos()
        acknowledged, stop_killing = set(), threading.Event()
        killer = threading.Thread(target=self.kill_now_and_then, args=(gateway, stop_killing))
        killer.start()
        try:
            for attempt in range(60):
                left = [photo for photo in photos if photo not in acknowledged]
                if not left:
                    break
                acknowledged |= self.send(gateway, left)
        except BaseException:
            stop_killing.set()
            raise
        finally:
            killer.join()  # goes on while the pipeline works through what was received
        self.assertEqual(len(acknowledged), STORES, "the sender gave up")
        if gateway.process.poll() is not None:
            gateway.start()
        status = gateway.settle(600, received=STORES)
        print(f"\n{STORES} stores acknowledged in {attempt + 1} associations, killed: {self.killed}")
        self.assertEqual(status["received"], STORES)
        self.assertEqual(status["states"]["forwarded"], STORES, gateway.cli("review", "list").stdout)
        uids = [orthanc.uid_of(one) for one in orthanc.instances()]
        self.assertEqual(len(uids), STORES)
        self.assertEqual(len(set(uids)), STORES)
        self.assertTrue(gateway.json("audit", "verify")["intact"])
        self.assertTrue(gateway.json("reconcile")["adds_up"])

    def make_photos(self):
        """Small pictures without faces, so that the run is about durability and not about inference."""
        first = make_photo(self.folder / "p0.dcm", scaled_jpeg(self.folder, "1/4"))
        photos = [first]
        for i in range(1, STORES):
            photo = self.folder / f"p{i}.dcm"
            shutil.copy(first, photo)
            photos.append(photo)
        for i, photo in enumerate(photos):
            run("dcmodify", "-nb", "-m", f"(0008,0018)=1.2.826.0.1.3680043.9.7777.{i + 1}", photo)
        return photos

    def send(self, gateway, photos):
        """Files whose C-STORE was answered with success before the association broke."""
        done = run("storescu", "-v", "-xy", "-to", 20, "-ta", 20, "-td", 20, "-aec", "VEILGATE", "127.0.0.1", gateway.port, *photos,
                   check=False, timeout=600)
        current, good = None, set()
        for line in (done.stdout + done.stderr).splitlines():
            if found := re.search(r"Sending file: (.*)$", line):
                current = pathlib.Path(found[1].strip())
            elif "Received Store Response (Success)" in line and current:
                good.add(current)
        return good

    def kill_now_and_then(self, gateway, stop):
        self.killed = []
        for role in ROUNDS:
            if stop.wait(random.uniform(0.7, 1.5)):
                return
            if role == "all":
                self.killed.append(role)
                gateway.kill_all()
                gateway.start()
                continue
            for pid in gateway.children(role)[:1]:
                try:
                    os.kill(pid, signal.SIGKILL)
                    self.killed.append(role)
                except ProcessLookupError:
                    pass


if __name__ == "__main__":
    unittest.main(verbosity=2)
