"""Moves many files of 4 KiB over FTP in one session, each with EPSV of its own, and prints how many a second.

Thin on purpose: what it spends on a file is in the figure of every server. Usage:
small-files.py IP PORT USER PASSWORD FOLDER RETR|STOR COUNT
"""

import re
import socket
import sys
import time

FILE_BYTES = 4096
PASSIVE = re.compile(rb"\(\|\|\|(\d+)\|\)")

ip, port, user, password, folder, command, count = sys.argv[1:]
control = socket.create_connection((ip, int(port)))
control.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
replies = control.makefile("rb")
content = b"x" * FILE_BYTES
taken = bytearray(2 * FILE_BYTES)


def reply(*codes):
    """The last line of the next reply, which must have one of these codes."""
    while True:
        line = replies.readline()
        if line[3:4] == b" " and line[:3].isdigit():
            break
        if line == b"":
            sys.exit("the server has closed the connection")
    if line[:3] not in codes:
        sys.exit(f"expected {codes}, got {line}")
    return line


def say(line, *codes):
    control.sendall(line + b"\r\n")
    return reply(*codes)


def move(name):
    passive = say(b"EPSV", b"229")
    data_port = int(PASSIVE.search(passive)[1])
    control.sendall(b"%s %s\r\n" % (command.encode(), name))
    data = socket.create_connection((ip, data_port))
    if command == "RETR":
        receive(data)
        reply(b"150", b"125")
    else:
        reply(b"150", b"125")
        data.sendall(content)
        data.close()
    reply(b"226")


def receive(data):
    size = 0
    while got := data.recv_into(taken):
        size += got
    data.close()
    if size != FILE_BYTES:
        sys.exit(f"{size} bytes of a file of {FILE_BYTES}")


reply(b"220")
if say(b"USER " + user.encode(), b"331", b"230").startswith(b"331"):
    say(b"PASS " + password.encode(), b"230")
say(b"TYPE I", b"200")
say(b"CWD " + folder.encode(), b"250")
begun = time.monotonic()
for number in range(int(count)):
    move(b"f%05d" % number)
print(f"{int(count) / (time.monotonic() - begun):.1f} files/s")
say(b"QUIT", b"221")
