# Sends first bytes to addresses that nobody has and prints what came back: a JSON object by `transport ip port`.

import json
import socket

HTTP = b"GET / HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n"
DNS = bytes.fromhex("12340100000100000000000003777777 0765 78616d706c6503636f6d0000010001".replace(" ", ""))
HAIL = b"hello sink\n"


def family(ip):
    return socket.AF_INET6 if ":" in ip else socket.AF_INET


def tcp(ip, port, first):
    with socket.create_connection((ip, port), timeout=3) as link:
        name = link.getpeername()
        link.sendall(first)
        link.shutdown(socket.SHUT_WR)
        got = link.recv(4096)
        return {"from": f"{name[0]} {name[1]}", "got": got.decode("latin1")[:15]}


def udp(ip, port, first, answered):
    with socket.socket(family(ip), socket.SOCK_DGRAM) as link:
        link.settimeout(3 if answered else 0.2)
        link.sendto(first, (ip, port))
        try:
            got, name = link.recvfrom(4096)
            return {"from": f"{name[0]} {name[1]}", "got": got[:4].hex()}
        except OSError:
            return {"from": "", "got": "silence"}


print(
    json.dumps(
        {
            "http4": tcp("8.8.8.8", 5555, HTTP),
            "http6": tcp("2600::5555", 5555, HTTP),
            "closed port of a host": tcp("192.0.2.2", 81, HTTP),
            "sink4": tcp("203.0.113.99", 4444, HAIL),
            "sink6": tcp("2600::4444", 4444, HAIL),
            "dns by port": udp("8.8.8.8", 53, DNS, True),
            "dns by bytes 4": udp("9.9.9.9", 5300, DNS, True),
            "dns by bytes 6": udp("2600::53", 5300, DNS, True),
            "sink udp 4": udp("203.0.113.99", 4445, HAIL, False),
            "sink udp 6": udp("2600::4444", 4445, HAIL, False),
        }
    )
)
