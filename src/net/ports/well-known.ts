// What the ports that matter are for and what risk they carry, in plain words. IANA's table has the rest, without risks.

import type { Transport } from '../../core/address.ts'

export interface WellKnownPort {
  readonly port: number
  readonly transports: readonly Transport[]
  /** The registered name, or the one that people use. */
  readonly name: string
  /** What people also call it. */
  readonly aliases: readonly string[]
  readonly purpose: string
  readonly risk?: string
  /** Ports of the same service. */
  readonly related: readonly number[]
}

const PLAIN_LOGIN = 'Passwords and contents travel readable for everyone on the way.'
const AMPLIFIES = 'Answers are larger than questions, so open servers are used to flood others from forged addresses.'
const NO_LOGIN = 'Often runs without a password: reachable from outside, its data is read, changed or held to ransom.'

/** Port, transport, name | what it is also called | purpose | risk | ports of the same service. */
const TABLE = `
7 both echo |  | Sends back whatever it gets; for testing a path. | Two of them can be made to answer each other for ever. |
9 both discard | sink | Swallows whatever it gets; for testing a path. |  |
13 both daytime |  | Tells date and time as a line of text. | ${AMPLIFIES} |
19 both chargen |  | Sends characters without end; for testing a path. | ${AMPLIFIES} |
20 tcp ftp-data |  | The server end of FTP data connections in active mode. | A firewall that opens it for good lets anyone in who calls from port 20. | 21
21 tcp ftp | ftp-control | Transfers files: the control connection, on which the data connections are agreed. | ${PLAIN_LOGIN} | 20 990
22 tcp ssh | sftp scp secure-shell | An encrypted shell, file transfer and tunnels. | Passwords are guessed around the clock: use keys, and limit who may connect. |
23 tcp telnet |  | A terminal on another machine, from before encryption. | ${PLAIN_LOGIN} Worms still spread through it to cameras and routers. | 22 992
25 tcp smtp | mail mta | Carries mail from server to server. | A server that relays for strangers sends their spam; infected machines send theirs through it, so many networks close it outwards. | 465 587
43 tcp whois | nicname | Tells who holds a domain or a range of addresses. |  |
49 tcp tacacs |  | Lets routers and switches ask who may log in. |  |
53 both domain | dns nameserver | Finds the addresses behind names. Short answers over UDP, long ones and transfers over TCP. | ${AMPLIFIES} Tunnels hide in lookups. | 853 5353
67 udp bootps | dhcp dhcp-server | Gives machines their addresses when they join a network: the server. | A second server on the network can make itself everyone's router. | 68 547
68 udp bootpc | dhcp-client | Gives machines their addresses when they join a network: the client. |  | 67
69 udp tftp |  | Transfers boot files to machines that know nothing yet. | Has no login at all: whoever reaches it reads, and perhaps writes. |
79 tcp finger |  | Tells who is logged in. | Tells it to attackers as well. |
80 tcp http | www web www-http | Web pages without encryption; today mostly sends people on to 443. | Everyone on the way can read and change what passes. | 443 8080
88 both kerberos |  | Logs people in once for a whole network (Kerberos). | Weak passwords can be guessed offline from its tickets. |
110 tcp pop3 | pop | Fetches mail and usually removes it from the server. | ${PLAIN_LOGIN} 995 is the encrypted one. | 995
111 both sunrpc | portmapper rpcbind | Tells on which ports a machine's RPC services listen. | ${AMPLIFIES} | 2049
113 tcp ident | auth | Tells which user opened a connection. | Tells it to strangers as well; some servers wait for it in vain. |
119 tcp nntp | news usenet | Reads and posts news articles. | ${PLAIN_LOGIN} | 563
123 udp ntp | time | Sets clocks by those of others. | ${AMPLIFIES} A wrong clock breaks certificates and logins. |
135 tcp epmap | msrpc dcom | Tells on which ports a Windows machine's RPC services listen. | Worms came in here; keep it inside of your own network. | 445
137 udp netbios-ns |  | Finds Windows machines by name on the local network. | Anyone nearby can answer for a name; open to the outside it is used to flood others. | 138 139
139 tcp netbios-ssn | netbios | Windows file sharing of the old kind. | Worms and ransomware spread through it; keep it inside of your own network. | 445
143 tcp imap | imap4 imap2 | Reads mail that stays on the server. | ${PLAIN_LOGIN} Use STARTTLS, or 993. | 993
161 udp snmp |  | Asks network devices how they are, and changes their settings. | Its older versions know only a shared word, often "public". ${AMPLIFIES} | 162
162 udp snmptrap |  | Network devices tell of trouble on their own. |  | 161
179 tcp bgp |  | Routers of different networks tell each other the ways through the internet. | A wrong or false route leads other people's traffic astray: speak to known neighbours only. |
194 tcp irc | chat | Chat; in practice on 6667 and 6697. | Infected machines take their orders here. | 6667 6697
389 both ldap | directory | Asks a directory for people, groups and machines. | ${PLAIN_LOGIN} Over UDP, answers are larger than questions, which floods others from forged addresses. | 636
443 both https | http-tls tls h2 h3 quic | Web pages, encrypted; over UDP as HTTP/3. | Malware hides among it, because it is open nearly everywhere. | 80 8443
445 tcp microsoft-ds | smb cifs samba | Windows file sharing. | Ransomware and worms spread through it: never open it to the outside. | 139
465 tcp submissions | smtps smtp-tls | Mail programs hand in mail, encrypted from the first byte. | Stolen passwords are used to send spam. | 25 587
500 udp isakmp | ike ipsec vpn | Agrees on the keys of an IPsec tunnel. | Old modes give away material to guess a shared key from. | 4500
514 udp syslog |  | Collects log lines of many machines. | Anyone can send lines under any name, and everyone on the way can read them. | 6514
515 tcp printer | lpd | Prints, the old way. |  | 631
520 udp router | rip | Routers inside of one network tell each other the ways. | Anyone nearby can tell false ones. |
554 tcp rtsp |  | Starts and stops streams, often of cameras. | Cameras with their maker's password are watched by strangers. |
587 tcp submission | smtp-submission msa | Mail programs hand in mail: STARTTLS first, then a login. | Stolen passwords are used to send spam. A server must not take logins before TLS. | 25 465
631 both ipp | cups printing | Prints, and finds printers. |  |
636 tcp ldaps |  | A directory, encrypted from the first byte. |  | 389
853 both domain-s | dot dns-over-tls doq | Finds the addresses behind names, encrypted. |  | 53
873 tcp rsync |  | Keeps copies of folders up to date. | ${NO_LOGIN} |
990 tcp ftps |  | Transfers files, encrypted from the first byte. |  | 21
993 tcp imaps | imap-tls | Reads mail that stays on the server, encrypted from the first byte. | Passwords are guessed around the clock. | 143
995 tcp pop3s | pop3-tls | Fetches mail, encrypted from the first byte. | Passwords are guessed around the clock. | 110
1080 tcp socks | proxy | Carries any connection for others. | An open one hides attackers behind your address. |
1194 both openvpn |  | A VPN over one port. |  |
1433 tcp ms-sql-s | mssql sqlserver | Microsoft SQL Server. | Passwords are guessed around the clock; keep databases off the outside. |
1521 tcp ncube-lm | oracle | In practice: Oracle databases. | Passwords are guessed around the clock; keep databases off the outside. |
1812 udp radius |  | Lets access points and VPN gateways ask who may log in. | Its shared secret is often weak. | 1813
1883 tcp mqtt |  | Small messages between devices. | ${NO_LOGIN} | 8883
1900 udp ssdp | upnp | Finds devices on the local network. | ${AMPLIFIES} Routers can be told through it to open ports. |
2049 both nfs |  | Shares folders between Unix machines. | Often trusts whoever has the right address. |
2375 tcp docker |  | Steers Docker without encryption. | Whoever reaches it owns the machine. | 2376
3128 tcp ndl-aas | squid http-proxy | In practice: a web proxy. | An open one hides attackers behind your address. |
3306 tcp mysql | mariadb | MySQL and MariaDB databases. | Passwords are guessed around the clock; keep databases off the outside. |
3389 both ms-wbt-server | rdp remote-desktop | A Windows desktop from afar. | A favourite way in for ransomware: strong passwords, a second factor, and a limit on who may connect from where. |
3478 both stun | turn | Helps calls through address translation. | ${AMPLIFIES} |
4500 udp ipsec-nat-t | ike-nat nat-t | IPsec tunnels through address translation. |  | 500
5060 both sip | voip | Sets up phone calls. | Strangers try to call at your cost. | 5061
5353 udp mdns | bonjour avahi | Finds names and services on the local network without a server. | Tells everyone nearby what a machine offers. | 53
5432 tcp postgresql | postgres | PostgreSQL databases. | Passwords are guessed around the clock; keep databases off the outside. |
5672 tcp amqp | rabbitmq | Queues of messages between programs. |  |
5900 tcp rfb | vnc | A desktop from afar. | Often weakly protected or not at all, and not encrypted. |
6379 tcp redis |  | A data store in memory. | ${NO_LOGIN} |
6667 tcp ircu | irc-plain | Chat (IRC) as it is mostly found. | Infected machines take their orders here. | 194 6697
6697 tcp ircs-u | ircs | Chat (IRC), encrypted. |  | 6667
6881 both bittorrent | torrent p2p | By custom the first of BitTorrent's ports: files from peer to peer. | Fills a line, and shares from this machine what others ask for. |
8080 tcp http-alt | http-proxy tomcat | By custom a second web server or a proxy. | Where test servers and consoles are forgotten. | 80
8443 tcp pcsync-https | https-alt | By custom a second encrypted web server. | Where test servers and consoles are forgotten. | 443
9200 tcp wap-wsp | elasticsearch | In practice: Elasticsearch. | ${NO_LOGIN} |
11211 both memcache | memcached | A cache in memory. | ${NO_LOGIN} Over UDP it has floods of record size behind it. |
27017 tcp mongodb | mongo | MongoDB databases. | ${NO_LOGIN} |
51820 udp wireguard | wg | By custom: the WireGuard VPN. |  |
`

const TRANSPORTS = ['tcp', 'udp'] as const

export const WELL_KNOWN_PORTS: readonly WellKnownPort[] = TABLE.trim().split('\n').map(portIn)

/** Every name and alias in it. */
export const WELL_KNOWN_NAMES: readonly string[] = WELL_KNOWN_PORTS.flatMap((port) => [port.name].concat(port.aliases))

function portIn(row: string): WellKnownPort {
  const [key = '', aliases = '', purpose = '', risk = '', related = ''] = row.split('|').map((cell) => cell.trim())
  const [port = '', transport = '', name = ''] = key.split(' ')
  return {
    port: Number(port),
    transports: TRANSPORTS.filter((one) => transport === 'both' || transport === one),
    name,
    aliases: wordsIn(aliases),
    purpose,
    ...(risk !== '' && { risk }),
    related: wordsIn(related).map(Number),
  }
}

function wordsIn(cell: string): string[] {
  return cell.split(' ').filter((word) => word !== '')
}
