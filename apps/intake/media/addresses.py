"""Which network addresses may be asked for media: public ones, and nothing that reaches back into our own network."""

import ipaddress
import socket
from urllib.parse import urlsplit

NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
LOCAL_NAMES = ("localhost", ".localhost", ".local", ".internal", ".home.arpa")


def is_public(address: str) -> bool:
    """Whether an IP address is on the public internet.

    Private, loopback, link-local, shared, reserved and multicast addresses are not, nor are they when
    wrapped in IPv6 (mapped, NAT64); the tunnels 6to4 and Teredo, which hide an IPv4 address, never are.
    """
    ip = ipaddress.ip_address(address.split("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.sixtofour is not None or ip.teredo is not None:
            return False
        if ip.ipv4_mapped is not None:
            ip = ip.ipv4_mapped
        elif ip in NAT64:
            ip = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)


def names_private_place(url: str) -> bool:
    """Whether an address can be seen to be private without asking DNS: a literal IP in any spelling, or localhost."""
    try:
        host = (urlsplit(url).hostname or "").rstrip(".").lower()
    except ValueError:
        return True
    if not host or host == LOCAL_NAMES[0] or host.endswith(LOCAL_NAMES[1:]):
        return True
    try:
        return not is_public(host)
    except ValueError:
        pass
    try:
        return not is_public(socket.inet_ntoa(socket.inet_aton(host)))  # 2130706433, 0x7f.1, 127.1
    except OSError:
        return False
