"""Python's ftplib on three hosts: what each step came to, as JSON on standard output."""

import ftplib
import io
import json
import socket
import ssl
import sys

FILES, LENIENT = sys.argv[1:3]
DATA = bytes(range(256)) * 2000
told = {}


class Reusing(ftplib.FTP_TLS):
    """Takes the control connection's session up for data, which ftplib by itself does not."""

    def ntransfercmd(self, cmd, rest=None):
        conn, size = ftplib.FTP.ntransfercmd(self, cmd, rest)
        if self._prot_p:
            conn = self.context.wrap_socket(conn, server_hostname=self.host, session=self.sock.session)
        return conn, size


def step(name):
    def run(work):
        try:
            told[name] = work()
        except ftplib.all_errors as error:
            told[name] = f'{type(error).__name__}: {error}'

    return run


def fetched(ftp, path, rest=None):
    out = io.BytesIO()
    ftp.retrbinary(f'RETR {path}', out.write, rest=rest)
    return out.getvalue()


def both_ways(ftp, path):
    stored = ftp.storbinary(f'STOR {path}', io.BytesIO(DATA))
    return [stored[:3], fetched(ftp, path) == DATA, fetched(ftp, path, rest=1000) == DATA[1000:]]


def context(newest=None):
    made = ssl.create_default_context()
    if newest is not None:
        made.maximum_version = newest
    return made


def secure(kind, host, newest=None):
    ftp = kind(context=context(newest), timeout=10, encoding='utf-8')
    ftp.connect(host)
    ftp.login('alice', 'alice')
    ftp.prot_p()
    return ftp


plain = ftplib.FTP(FILES, 'alice', 'alice', timeout=10)


@step('plain')
def _():
    return both_ways(plain, 'plain.bin')


@step('active')
def _():
    plain.set_pasv(False)
    came = both_ways(plain, 'active.bin')
    with plain.transfercmd('RETR active.bin') as data:
        came.append(data.getpeername()[1])
        while data.recv(65536):
            pass
    came.append(plain.voidresp()[:3])
    plain.set_pasv(True)
    return came


@step('six')
def _():
    address = socket.getaddrinfo(FILES, 21, socket.AF_INET6)[0][4][0]
    ftp = ftplib.FTP(address, 'alice', 'alice', timeout=10)
    came = both_ways(ftp, 'six.bin')
    ftp.set_pasv(False)
    return came + both_ways(ftp, 'six-active.bin')


@step('management')
def _():
    made = plain.mkd('a "quoted" ü')
    plain.cwd(made)
    plain.storbinary('STOR x', io.BytesIO(b'1'))
    plain.rename('x', 'y')
    listed = sorted(name for name, facts in plain.mlsd() if facts['type'] == 'file')
    facts = dict(plain.mlsd(facts=['type', 'size', 'modify']))['y']
    plain.sendcmd('MFMT 20010203040506 y')
    changed = plain.sendcmd('MDTM y')
    names = plain.nlst()
    plain.voidcmd('TYPE I')
    size = plain.size('y')
    plain.delete('y')
    where = plain.pwd()
    plain.cwd('..')
    plain.rmd(made)
    return [made, listed, facts['size'], changed, names, size, where, plain.pwd()]


@step('lines')
def _():
    plain.storlines('STOR lines.txt', io.BytesIO(b'one\ntwo\n\nend'))
    lines = []
    plain.retrlines('RETR lines.txt', lines.append)
    return [lines, fetched(plain, 'lines.txt').decode()]


@step('unique')
def _():
    names = []
    for _ in range(2):
        with plain.transfercmd('STOU') as data:
            data.sendall(b'unique')
        names.append(plain.voidresp()[:3])
    return names


@step('abort')
def _():
    plain.voidcmd('TYPE I')
    data = plain.transfercmd('RETR large.bin')
    data.recv(10)
    said = plain.abort()
    data.close()
    answers = [said[:3]]
    if said[:3] == '426':
        answers.append(plain.getmultiline()[:3])
    return answers + [plain.voidcmd('NOOP')[:3], fetched(plain, 'plain.bin') == DATA]


@step('errors')
def _():
    codes = []
    for command in ('RETR none', 'CWD none', 'DELE none', 'RMD none', 'MKD /', 'RNTO x', 'SIZE none', 'NONE', 'PASV x'):
        try:
            codes.append(plain.sendcmd(command)[:3])
        except ftplib.all_errors as error:
            codes.append(str(error)[:3])
    return codes


for name, newest in (('tls', None), ('tls12', ssl.TLSVersion.TLSv1_2)):
    @step(name)
    def _():
        ftp = secure(Reusing, FILES, newest)
        came = both_ways(ftp, 'secure.bin')
        ftp.set_pasv(False)
        came += both_ways(ftp, 'secure-active.bin')
        return came + [ftp.sock.version()]

    @step(f'{name} without reuse')
    def _():
        ftp = secure(ftplib.FTP_TLS, FILES, newest)
        try:
            both_ways(ftp, 'refused.bin')
            return 'served'
        except ftplib.Error as error:
            code = str(error)[:3]
        except OSError:  # the data connection went first
            code = ftp.getmultiline()[:3]
        return [code, ftp.voidcmd('NOOP')[:3], 'refused.bin' in ftp.sendcmd('STAT .')]

    @step(f'{name} where that will do')
    def _():
        return both_ways(secure(ftplib.FTP_TLS, LENIENT, newest), 'lenient.bin')


json.dump(told, sys.stdout)
