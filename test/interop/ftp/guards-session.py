"""What an FTP client may not do, and what another client may not, tried from inside; answers as JSON on standard output.

`FILES OTHER`: two hosts that serve FTP. Says `knock ADDRESS PORT` where another client is to call there, and reads what it met.
"""

import ftplib
import json
import socket
import sys

FILES, OTHER = sys.argv[1:3]
told = {}


def login():
    return ftplib.FTP(FILES, 'alice', 'alice', timeout=10)


def said(ftp, command):
    try:
        return ftp.sendcmd(command)[:3]
    except ftplib.all_errors as error:
        return str(error)[:3]


def met(host, port):
    """How a connection comes out: `in`, `closed`, or the error's name."""
    try:
        with socket.create_connection((host, port), timeout=3) as knock:
            return 'in' if knock.recv(1) else 'closed'
    except OSError as error:
        return type(error).__name__


def met_by_another(host, port):
    """Whoever reads this is another client, and answers in a line."""
    print(f'knock {host} {port}', flush=True)
    return sys.stdin.readline().strip()


def bounces(ftp):
    """Addresses that are not ours, and ports that are nobody's to give."""
    other = socket.gethostbyname(OTHER).replace('.', ',')
    mine = ftp.sock.getsockname()[0]
    commands = [f'PORT {other},0,21', f'PORT {other},200,21', f'EPRT |1|{other.replace(",", ".")}|2121|']
    commands += [f'PORT {mine.replace(".", ",")},0,80', f'EPRT |1|{mine}|22|', 'EPRT |2|::1|2121|', 'PORT 127,0,0,1,31,144']
    return [said(ftp, command) for command in commands] + [said(ftp, 'LIST')]


def passive():
    """A port that somebody else calls first, then its owner, then anybody once the transfer is over."""
    ftp = login()
    ftp.voidcmd('TYPE I')
    host, port = ftp.makepasv()
    came = [met_by_another(host, port)]
    data = socket.create_connection((host, port), timeout=10)
    ftp.putcmd('RETR book.txt')
    came.append(ftp.getresp()[:3])
    came.append(data.recv(100).decode())
    came += [ftp.voidresp()[:3], met(host, port), met_by_another(host, port)]
    return came


def at_once():
    """Two conversations with a transfer each, their pieces in turns."""
    both = [login(), login()]
    moving = [ftp.transfercmd(f'STOR both{at}.txt') for at, ftp in enumerate(both)]
    for piece in range(50):
        for at, data in enumerate(moving):
            data.sendall(f'{at}:{piece}\n'.encode() * 100)
    for data in moving:
        data.close()
    came = [ftp.voidresp()[:3] for ftp in both]
    for at, ftp in enumerate(both):
        lines = []
        ftp.retrlines(f'RETR both{1 - at}.txt', lines.append)
        came.append(lines == [f'{1 - at}:{piece}' for piece in range(50) for _ in range(100)])
    return came


def active():
    ftp = login()
    ftp.set_pasv(False)
    ftp.voidcmd('TYPE I')
    with ftp.transfercmd('RETR book.txt') as data:
        came = [data.recv(100).decode(), data.getpeername()[1]]
    return came + [ftp.voidresp()[:3]]


told['bounces'] = bounces(ftplib.FTP(socket.gethostbyname(FILES), 'alice', 'alice', timeout=10))
told['passive'] = passive()
told['at once'] = at_once()
told['active'] = active()
told['others'] = {name: met(FILES, port) for name, port in (('http', 80), ('nobody', 2121), ('passive', 50500))}
told['other host'] = met(OTHER, 80)
print(f'told {json.dumps(told)}', flush=True)
