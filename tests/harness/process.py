"""Small helpers around processes and ports."""
import ctypes
import signal
import socket
import subprocess
import time

_LIBC = ctypes.CDLL(None, use_errno=True)
_PR_SET_PDEATHSIG = 1


def die_with_parent():
    """A preexec_fn: the kernel kills the child when this process goes, however it goes."""
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def free_port():
    """A TCP port that nobody listens on at 127.0.0.1 just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def run(arguments, *, env=None, input=None, cwd=None, timeout=300, check=True):
    """Runs a program to its end and returns the CompletedProcess (text). With check, a failure says what it printed."""
    arguments = [str(a) for a in arguments]
    done = subprocess.run(arguments, env=env, input=input, cwd=cwd, timeout=timeout, text=True,
                          stdin=subprocess.DEVNULL if input is None else None,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=die_with_parent)
    if check and done.returncode != 0:
        raise AssertionError(f"{' '.join(arguments)}\nexit status {done.returncode}\n{done.stdout[-4000:]}\n"
                             f"{done.stderr[-4000:]}")
    return done


def stop(process, *, term=signal.SIGTERM, grace_seconds=15):
    """Asks `process` to end and kills it when it does not. Returns its exit status, or None if it had to be killed."""
    if process.poll() is not None:
        return process.returncode
    process.send_signal(term)
    try:
        return process.wait(grace_seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        return None


def wait_until(condition, what, seconds=60):
    """Asks `condition` every 50 ms until it holds; fails with `what` when it does not within so many seconds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        time.sleep(0.05)
