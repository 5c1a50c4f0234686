"""Writes the head of a model file (GGUF 3) that holds no weights: enough to be listed as a model."""

import struct
import sys
from pathlib import Path

UINT32, STRING = 4, 8
FIELDS = [
    ("general.architecture", STRING, "llama"),
    ("general.name", STRING, "bench"),
    ("llama.context_length", UINT32, 8192),
    ("llama.block_count", UINT32, 1),
    ("llama.embedding_length", UINT32, 64),
    ("llama.attention.head_count", UINT32, 1),
    ("tokenizer.chat_template", STRING, "{{ messages }}"),
]


def text(value):
    data = value.encode()
    return struct.pack("<Q", len(data)) + data


def field(key, kind, value):
    return text(key) + struct.pack("<I", kind) + (text(value) if kind == STRING else struct.pack("<I", value))


if __name__ == "__main__":
    head = b"GGUF" + struct.pack("<IQQ", 3, 0, len(FIELDS))
    Path(sys.argv[1]).write_bytes(head + b"".join(field(*f) for f in FIELDS))
