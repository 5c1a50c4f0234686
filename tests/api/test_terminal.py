"""The command line on a terminal: a pseudo-terminal as a person's shell gives it (SURFACE.md 2)."""
import fcntl
import os
import pty
import select
import signal
import subprocess
import termios

import pytest

from conftest import WEIR


def on_terminal(weir, *args, env=None, keys=()):
    """All that the terminal got, and the exit code. keys: in order, (text to wait for after what was typed before, bytes to type)."""
    pid, fd = pty.fork()
    if pid == 0:
        os.execve(str(WEIR), [str(WEIR), *args], {**{k: v for k, v in weir.env.items() if k != "NO_COLOR"}, "TERM": "xterm", **(env or {})})
    out, seen, keys = b"", 0, list(keys)
    while True:
        ready, _, _ = select.select([fd], [], [], 60)
        assert ready, out
        try:
            piece = os.read(fd, 65536)
        except OSError:  # EIO: the other end is closed
            break
        if not piece:
            break
        out += piece
        if keys and keys[0][0] in out[seen:]:
            seen = len(out)
            os.write(fd, keys.pop(0)[1])
    os.close(fd)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    return out.replace(b"\r\n", b"\n"), code


def test_colour_only_where_it_is_wanted(weir):
    asked = ("ask", "-m", "script/x", "hello there")
    assert on_terminal(weir, *asked) == ("hello there\n\x1b[2m⌂ device · script/x · nothing left\x1b[0m\n".encode(), 0)
    for env in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
        assert on_terminal(weir, *asked, env=env) == ("hello there\n⌂ device · script/x · nothing left\n".encode(), 0)
    piped = weir.cli(*asked)
    assert "\x1b" not in piped.stdout + piped.stderr


@pytest.mark.parametrize("text,shown", [("a\x1b[31mb", "a\\x1b[31mb"), ("a\x07b", "a\\x07b"), ("a\u009bb", "a\\x9bb"), ("tab\tstays", "tab\tstays")])
def test_control_characters_are_shown_escaped(weir, text, shown):
    out, code = on_terminal(weir, "ask", "-m", "script/x", "--no-receipt", "!say " + text)
    assert code == 0 and out.decode() == shown + "\n"
    assert weir.cli("ask", "-m", "script/x", "!say " + text).stdout == text + "\n"  # a program gets what was said


def test_ctrl_c_ends_with_130_and_stops_the_work(weir):
    out, code = on_terminal(weir, "ask", "-m", "script/x", "!pace 20ms\n!repeat 2000 word ", keys=[(b"word word", b"\x03")])
    assert code == 130 and "⌂".encode() not in out
    while weir.owner("GET", "status").json()["active"]:
        pass  # the daemon says when nothing runs any more


def test_thinking_is_seen_and_is_no_part_of_the_answer(weir):
    out, code = on_terminal(weir, "ask", "-m", "script/x", "--no-receipt", "!think hmm\n!say yes")
    assert (out, code) == (b"\x1b[2mhmm\x1b[0m\nyes\n", 0)
    assert weir.cli("ask", "-m", "script/x", "--no-receipt", "!think hmm\n!say yes").stdout == "yes\n"


def test_a_conversation(weir):
    out, code = on_terminal(weir, "chat", "-m", "script/x", "--no-receipt",
                            keys=[(b"> ", b"first\n"), (b"> ", b"second\n"), (b"> ", b"\x04")])
    assert code == 0 and out.count(b"second") == 2


def test_a_key_is_typed_unseen(own):
    d = own()
    out, code = on_terminal(d, "providers", "add", "mine", "--url", "http://127.0.0.1:9/v1", "--models", "a",
                            keys=[(b"not shown", b"sk-never-shown-0123456789\n")])
    assert code == 0 and b"sk-never" not in out, out


@pytest.mark.parametrize("typed,number,code", [(b"\x03", None, 130), (b"\x1c", None, 131), (b"\x04", None, 0), (None, signal.SIGTERM, 143),
                                               (None, signal.SIGHUP, 129), (b"\x1a\n", None, 1)])
def test_the_echo_comes_back_however_the_key_prompt_ends(own, typed, number, code):
    """Ctrl-C, Ctrl-\\, Ctrl-D, signals; Ctrl-Z is only a bad key, else a shell without an echo would be left behind."""
    d = own(engine=False)
    near, far = os.openpty()
    adding = subprocess.Popen([str(WEIR), "providers", "add", "mine", "--url", "http://127.0.0.1:9/v1", "--models", "a"],
                              env=d.env, stdin=far, stdout=far, stderr=far, start_new_session=True,
                              preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
    out = b""
    while b"not shown" not in out:
        out += os.read(near, 4096)
    assert not termios.tcgetattr(far)[3] & termios.ECHO
    os.write(near, typed) if typed else adding.send_signal(number)
    assert adding.wait(60) == code
    assert termios.tcgetattr(far)[3] & termios.ECHO
    os.close(near)
    os.close(far)


def test_approval_is_asked_for_at_once(own):
    d = own(engine=False, policy='[[rule]]\nname = "ask me"\nmatch = { level = "open" }\nask = "cloud"\n')
    asked = ("ask", "-m", "farscript/x", "What is a weir?")
    out, code = on_terminal(d, *asked, keys=[(b"[y/N] ", b"n\n")])
    assert code == 4, out
    assert d.cli(*asked).returncode == 4
    out, code = on_terminal(d, *asked, keys=[(b"[y/N] ", b"y\n")])
    assert code == 0 and b"\nWhat is a weir?\n" in out and "☁ cloud".encode() in out, out
