"""Checks the program as others use it: what it says and when it ends.

    python -m unittest check_peer
"""

import json
import pathlib
import subprocess
import sys
import unittest

PROGRAM = pathlib.Path(__file__).with_name("peer.py")


def request(seconds=0.01, **changes):
    case = {"operation": "adam", "shape": {"P": 1000}, "type": "float32"} | changes
    effort = {"warmup": 0, "seconds": seconds, "samples": 1}
    return json.dumps({"peer": "pytorch", "case": case, "effort": effort}) + "\n"


class Peer(unittest.TestCase):
    def setUp(self):
        self.process = subprocess.Popen(
            [sys.executable, "-B", PROGRAM, "--device", "cpu"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.addCleanup(self.end)
        self.hello = json.loads(self.process.stdout.readline())

    def end(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        self.process.stdin.close()

    def ask(self, line):
        self.process.stdin.write(line)
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def test_it_says_what_it_offers_and_answers_case_by_case(self):
        self.assertIn("pytorch", self.hello["peers"])
        self.assertEqual("needs a GPU", self.hello["absent"]["liger"])
        for _ in range(2):
            reply = self.ask(request())
            self.assertFalse(reply["last"])
            self.assertGreater(reply["turn"]["median_us"], 0)

    def test_a_failure_is_a_refusal_in_one_line(self):
        reply = self.ask(request(shape={"P": "many"}))
        self.assertIn("TypeError", reply["refusal"])
        self.assertNotIn("\n", reply["refusal"])
        self.assertIn("turn", self.ask(request()))

    def test_it_ends_with_its_input(self):
        self.process.stdin.close()
        self.assertEqual(0, self.process.wait(timeout=30))

    def test_it_ends_with_its_input_in_the_middle_of_a_case(self):
        self.process.stdin.write(request(seconds=600))
        self.process.stdin.close()
        self.assertEqual(0, self.process.wait(timeout=30))


if __name__ == "__main__":
    unittest.main()
