# A whole session of each of Python's mail clients. Says on standard output what a test looks at, a line each.
import email.message
import email.policy
import imaplib
import poplib
import smtplib
import ssl
import sys

trust = ssl.create_default_context()


def mail(number, text):
    made = email.message.EmailMessage()
    made["From"], made["To"] = "alice@harbor.test", "bob@island.test"
    made["Subject"] = f"Grüße {number}"
    made["Message-ID"] = f"<python-{number}@harbor.test>"
    made.set_content(text)
    made.add_attachment(b"\x00\x01\xff" * 1000, maintype="application", subtype="octet-stream", filename="daten.bin")
    return made


def submit():
    with smtplib.SMTP("mail.harbor.test", 587) as smtp:
        smtp.starttls(context=trust)
        smtp.login("alice@harbor.test", "alice")
        smtp.send_message(mail(1, "erste\n"))
        smtp.send_message(mail(2, "zweite\n"))
        print("features", *sorted(smtp.esmtp_features))
    with smtplib.SMTP_SSL("mail.harbor.test", 465, context=trust) as smtp:
        smtp.login("alice", "alice")
        smtp.sendmail("alice@harbor.test", ["bob@island.test"], b"Subject: plain\r\n\r\n.leading dot\r\n", ["BODY=8BITMIME"])
        try:
            smtp.sendmail("alice@harbor.test", ["nobody@harbor.test", "no one@"], b"Subject: no\r\n\r\n")
        except smtplib.SMTPRecipientsRefused as refused:
            print("refused", *sorted(str(code) for code, _ in refused.recipients.values()))


# Mails overtake one another on their way, each on a connection of its own.
def numbered(session, number):
    return session.search("UTF-8", "SUBJECT", f'"Grüße {number}"'.encode())[1][0]


def imap():
    with imaplib.IMAP4_SSL("mail.island.test", ssl_context=trust) as session:
        session.login("bob@island.test", "bob")
        print("inbox", int(session.select("INBOX")[1][0]))
        found = session.search("UTF-8", "SUBJECT", '"Grüße"'.encode())[1][0]
        print("found", found.decode())
        first = numbered(session, 1)
        fetched = session.fetch(first, "(FLAGS BODY.PEEK[])")[1][0][1]
        parsed = email.message_from_bytes(fetched, policy=email.policy.default)
        print("attachment", len(next(parsed.iter_attachments()).get_content()), parsed["Subject"])
        print("create", session.create('"Entw&APw-rfe"')[0], session.append('"Entw&APw-rfe"', "(\\Seen)", None, fetched)[0])
        print("copy", session.copy("1:2", '"Entw&APw-rfe"')[0], session.status('"Entw&APw-rfe"', "(MESSAGES)")[1][0].decode())
        plain = session.search(None, "SUBJECT", "plain")[1][0].decode()
        print("store", session.store(plain, "+FLAGS", "(\\Deleted)")[0], session.expunge()[1][0].decode() == plain)
        print("sort", session.sort("REVERSE SUBJECT", "UTF-8", "ALL")[1][0].split() == [numbered(session, 2), numbered(session, 1)])
        print("thread", session.thread("REFERENCES", "UTF-8", "ALL")[1][0].decode())
        session.rename('"Entw&APw-rfe"', "Archive/old")
        print("list", *sorted(line.decode().split(' "/" ')[-1] for line in session.list()[1]))
    with imaplib.IMAP4("mail.island.test") as session:
        session.starttls(trust)
        session.authenticate("PLAIN", lambda _: b"\0bob@island.test\0bob")
        print("examine", session.select("Archive/old", readonly=True)[1][0].decode())


def pop():
    session = poplib.POP3_SSL("mail.island.test", context=trust)
    session.user("bob@island.test")
    session.pass_("bob")
    count, size = session.stat()
    listed = sum(int(line.split()[1]) for line in session.list()[1])
    print("pop", count, size == listed, len(session.uidl()[1]))
    lines = session.retr(1)[1]
    print("retr", sum(len(line) + 2 for line in lines) == int(session.list(1).split()[2]))
    print("top", session.top(2, 1)[1][-1].decode() != "")
    session.dele(1)
    session.quit()
    session = poplib.POP3("mail.island.test")
    session.stls(trust)
    session.user("bob")
    session.pass_("bob")
    print("left", session.stat()[0], "pipelining" if "PIPELINING" in session.capa() else "")
    session.quit()


{"submit": submit, "imap": imap, "pop": pop}[sys.argv[1]]()
