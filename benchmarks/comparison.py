"""What the comparisons share: turns in fresh processes, the environment, the results' place."""

import datetime
import json
import os
import pathlib
import platform
import re
import subprocess
import sys
import time

BENCHMARKS = pathlib.Path(__file__).resolve().parent
PEERS = BENCHMARKS / "peers"
JAVA = os.path.join(os.environ["JAVA_HOME"], "bin", "java") if "JAVA_HOME" in os.environ else "java"


def add_options(parser, rounds):
    parser.add_argument("--rounds", type=int, default=rounds, help=f"turns of each ({rounds})")
    parser.add_argument(
        "--python", default=sys.executable, help="a Python that has torch (the one that runs this)"
    )
    parser.add_argument(
        "--out", type=pathlib.Path, help="where to write (results/DATE-DEVICE beside this script)"
    )


def fail(message):
    raise SystemExit(f"{pathlib.Path(sys.argv[0]).name}: {message}")


def output(*command):
    """What a command prints; nothing if it fails or is not there."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, cwd=BENCHMARKS)
    except OSError:
        return ""
    return (done.stdout or done.stderr).strip() if done.returncode == 0 else ""


def torch_version(python):
    version = output(python, "-c", "import torch; print(torch.__version__)")
    return version or fail(f"{python} has no torch: name a Python that has it, --python PATH")


def run(command):
    """Runs a command whose output matters to nobody but a reader of errors."""
    if subprocess.run(command, stdout=sys.stderr).returncode != 0:
        fail(f"failed: {' '.join(map(str, command))}")


def turn(command):
    """The JSON lines that a fresh process prints, and what the process itself took."""
    start = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        lines = process.stdout.read().splitlines()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - start
    if process.returncode != 0 or not lines:
        fail(f"exit {process.returncode} from: {' '.join(map(str, command))}")
    cost = {"process_seconds": round(seconds, 3), "peak_rss_mib": usage.ru_maxrss // 1024}
    return [json.loads(line) for line in lines], cost


def java(name, *arguments):
    """The command that runs a class of the benchmarks, once they are built."""
    target = BENCHMARKS / "target"
    return [
        JAVA,
        "--enable-native-access=ALL-UNNAMED",
        "-cp",
        f"{target}/benchmarks.jar:{target}/lib/*",
        f"dev.surprisal.benchmarks.{name}",
        *arguments,
    ]


def processor():
    info = pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8")
    found = re.search(r"^model name\s*:\s*(.+)$", info, re.MULTILINE)
    return found.group(1).strip() if found else platform.machine()


def environment(torch):
    """With what the figures were taken; the load average shows whether others were at work."""
    changes = output("git", "status", "--porcelain", ":/", ":(top,exclude)benchmarks/results")
    return {
        "date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
        "processor": processor(),
        "cores": len(os.sched_getaffinity(0)),
        "system": platform.platform(),
        "java": output(JAVA, "-version").partition("\n")[0],
        "torch": torch,
        "commit": output("git", "rev-parse", "HEAD") + (" with changes" if changes else ""),
        "load_average": round(os.getloadavg()[0], 2),
    }


def save(folder, name, taken_with, result):
    """Writes results as JSON, and says where."""
    if folder is None:
        device = re.sub(r"[^a-z0-9]+", "-", taken_with["processor"].lower()).strip("-")
        folder = BENCHMARKS / "results" / f"{taken_with['date'][:10]}-cpu-{device}"
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"environment": taken_with, **result}, indent=2)
    (folder / name).write_text(text + "\n", encoding="utf-8")
    print(f"\nwritten: {folder / name}")
