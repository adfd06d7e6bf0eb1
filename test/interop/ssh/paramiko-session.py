"""paramiko over SSH and SFTP: logins, commands, a terminal, files, forwarding. Prints `done` at the end; usage: HOST KEY"""

import hashlib
import io
import os
import stat
import sys

import paramiko

host, key_file = sys.argv[1:]
client = paramiko.SSHClient()
client.load_host_keys("/etc/ssh/ssh_known_hosts")
client.set_missing_host_key_policy(paramiko.RejectPolicy())


def connect(**settings):
    client.connect(host, look_for_keys=False, allow_agent=False, timeout=10, **settings)


def run(command, given=b""):
    stdin, stdout, stderr = client.exec_command(command, timeout=10)
    stdin.write(given)
    stdin.channel.shutdown_write()
    return stdout.read(), stderr.read(), stdout.channel.recv_exit_status()


try:
    connect(username="bob", password="wrong")
    sys.exit("a wrong password was good enough")
except paramiko.AuthenticationException:
    pass

connect(username="bob", password="bob")
assert run("whoami") == (b"bob\n", b"", 0), run("whoami")
client.close()

connect(username="alice", key_filename=key_file)
assert run("cat; exit 3", b"given") == (b"given", b"", 3)
assert run("echo err >&2") == (b"", b"err\n", 0)

shell = client.invoke_shell(term="dumb", width=100, height=30)
shell.settimeout(10)
shell.send(b"echo a$((1 + 1))b; exit 5\n")
said = b""
while chunk := shell.recv(4096):
    said += chunk
assert b"a2b" in said, said
assert shell.recv_exit_status() == 5

sftp = client.open_sftp()
content = os.urandom(3_000_000)
sftp.putfo(io.BytesIO(content), "file")
assert sftp.stat("file").st_size == len(content)
back = io.BytesIO()
sftp.getfo("file", back)
assert hashlib.sha256(back.getvalue()).digest() == hashlib.sha256(content).digest()
with sftp.open("file", "r+b") as file:
    file.seek(1000)
    file.write(b"in the middle")
    file.seek(990)
    assert file.read(33) == content[990:1000] + b"in the middle" + content[1013:1023]
    file.truncate(2000)
assert sftp.stat("file").st_size == 2000
with sftp.open("file", "ab") as file:
    file.write(b"end")
assert sftp.stat("file").st_size == 2003
with sftp.open("file", "rb") as file:
    assert file.readv([(1000, 13), (2000, 3)]).__next__() == b"in the middle"
try:
    sftp.open("file", "xb")
    sys.exit("an exclusive file was made twice")
except IOError:
    pass
sftp.mkdir("folder", 0o700)
assert stat.S_IMODE(sftp.stat("folder").st_mode) == 0o700
sftp.posix_rename("file", "folder/renamed")
sftp.symlink("renamed", "folder/link")
assert sftp.readlink("folder/link") == "renamed"
assert stat.S_ISLNK(sftp.lstat("folder/link").st_mode)
sftp.chmod("folder/renamed", 0o600)
sftp.utime("folder/renamed", (1_000_000_000, 1_000_000_001))
attributes = sftp.stat("folder/renamed")
assert (stat.S_IMODE(attributes.st_mode), attributes.st_mtime) == (0o600, 1_000_000_001)
assert sorted(sftp.listdir("folder")) == ["link", "renamed"]
assert sftp.normalize("folder/../folder/.").endswith("/folder")
try:
    sftp.rmdir("folder")
    sys.exit("a folder that is not empty was removed")
except IOError:
    pass
try:
    sftp.stat("../../../../etc/hostname")
    sys.exit("a file of the machine was seen")
except FileNotFoundError:
    pass

web = client.get_transport().open_channel("direct-tcpip", ("www.harbor.test", 80), ("127.0.0.1", 1))
web.settimeout(10)
web.send(b"GET / HTTP/1.0\r\nHost: www.harbor.test\r\n\r\n")
assert web.recv(9).startswith(b"HTTP/1.")
client.close()
print("done")
