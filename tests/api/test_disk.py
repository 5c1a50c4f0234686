"""A disk that is full and a folder that cannot be written, for real: in a mount namespace (disk.py)."""
import json
import os
import pathlib
import subprocess
import sys

import pytest

MAPPED = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]


@pytest.fixture(scope="module")
def told():
    if subprocess.run(["unshare", "--mount", *MAPPED, "true"], stdout=subprocess.DEVNULL).returncode:
        pytest.skip("no mount namespace here: this needs root, or user namespaces")
    inside = [sys.executable, str(pathlib.Path(__file__).with_name("disk.py"))]
    done = subprocess.run(["unshare", "--mount", *MAPPED, *inside], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-4000:]
    return json.loads(done.stdout)


def test_without_room_for_the_ledger_nothing_leaves(told):
    full = told["full state_home"]
    assert full["sent"] == [500] and full["arrived"] == 0 and full["disguised"] == [500, 0, False]
    assert all("ledger" in text and "disk is full" in text for text in full["says"])
    assert full["here"] == [200]  # what stays here needs no ledger
    # With room again it goes on; what was written is whole: the first and the two afterwards.
    assert full["after"] == 200 and full["disguised after"] == [200, 0, True] and full["verify"] and full["rows"] == 3


def test_without_room_for_the_data_the_ledger_still_has_all(told):
    full = told["full data_home"]
    assert full["sent"] == full["here"] == [200] and full["disguised"] == [200, 0, True]
    assert full["verify"] and full["rows"] == full["arrived"] + 4
    assert full["after"] == 200 and full["why"] == 0


@pytest.mark.parametrize("folder, name", [("state_home", "/ledger.db"), ("data_home", "/weir.db")])
def test_the_log_says_it_once(told, folder, name):
    """120 requests met the full disk within a minute."""
    log = told["full " + folder]["log"]
    assert len([line for line in log if name in line and "disk is full" in line]) == 1 and len(log) <= 3, log


@pytest.mark.parametrize("folder", ["state_home", "data_home"])
def test_a_read_only_folder_is_named_at_the_start(told, folder):
    code, named, text = told["read-only " + folder]
    assert code == 1 and named and "Read-only file system" in text, text
