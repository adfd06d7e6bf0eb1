# Captures in this network namespace while a command runs, and prints each packet that crossed as one line of JSON at the
# end: interface, protocol, destination. What the kernel sends of itself to keep IPv6 (ICMPv6 130 to 143) is left out.
# The command: `capture.py FILE COMMAND...`.

import json
import os
import select
import socket
import struct
import subprocess
import sys

ETH_P_ALL = 3
ICMPV6 = 58


def describe(interface, packet):
    kind = struct.unpack("!H", packet[12:14])[0]
    if kind == 0x0800:
        protocol, source, target = packet[23], packet[26:30], packet[30:34]
        header = 14 + (packet[14] & 15) * 4
        family = socket.AF_INET
    elif kind == 0x86DD:
        protocol, source, target = packet[20], packet[22:38], packet[38:54]
        header = 54
        if protocol == 0:  # hop-by-hop options, as MLD has
            protocol, header = packet[54], 54 + (packet[55] + 1) * 8
        if protocol == ICMPV6 and 130 <= packet[header] <= 143:
            return None
        family = socket.AF_INET6
    else:
        return {"interface": interface, "ethertype": kind}
    port = struct.unpack("!H", packet[header + 2 : header + 4])[0] if protocol in (6, 17) else 0
    return {"interface": interface, "protocol": protocol, "to": socket.inet_ntop(family, target), "port": port}


listener = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
listener.setblocking(False)
child = subprocess.Popen(sys.argv[2:])
ended = os.pidfd_open(child.pid)
packets = []
over = False
while not over:
    ready, _, _ = select.select([listener, ended], [], [])
    over = ended in ready
    while True:
        try:
            packet, address = listener.recvfrom(65536)
        except BlockingIOError:
            break
        said = describe(address[0], packet)
        if said is not None:
            packets.append(said)
with open(sys.argv[1], "w") as file:
    json.dump(packets, file)
sys.exit(child.wait())
