"""A camera of gst-rtsp-server: rtsp_camera.py '{"media": [...], ...}'; prints 'port N' when it listens.

launch     gst-launch text of its media, with payloaders pay0, pay1
user, password, digest   a login
transport  'tcp' or 'udp': the other one is refused
tls        [certificate, key]: PEM files
"""

import json
import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import Gio, GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402

Gst.init(None)
options = json.loads(sys.argv[1])
server = GstRtspServer.RTSPServer()
server.set_address("127.0.0.1")
server.set_service(str(options.get("port", 0)))
factory = GstRtspServer.RTSPMediaFactory()
factory.set_launch(options["launch"])
factory.set_shared(options.get("shared", True))
transports = {"tcp": GstRtsp.RTSPLowerTrans.TCP, "udp": GstRtsp.RTSPLowerTrans.UDP}
if "transport" in options:
    factory.set_protocols(transports[options["transport"]])

auth = None
if "user" in options or "tls" in options:
    auth = GstRtspServer.RTSPAuth()
if "user" in options:
    token = GstRtspServer.RTSPToken()
    token.set_string("media.factory.role", "user")
    permissions = GstRtspServer.RTSPPermissions()
    permissions.add_permission_for_role("user", "media.factory.access", True)
    permissions.add_permission_for_role("user", "media.factory.construct", True)
    factory.set_permissions(permissions)
    if options.get("digest", True):
        auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
        auth.add_digest(options["user"], options["password"], token)
    else:
        auth.set_supported_methods(GstRtsp.RTSPAuthMethod.BASIC)
        auth.add_basic(GstRtspServer.RTSPAuth.make_basic(options["user"], options["password"]), token)
if "tls" in options:
    auth.set_tls_certificate(Gio.TlsCertificate.new_from_files(*options["tls"]))
if auth is not None:
    server.set_auth(auth)

server.get_mount_points().add_factory("/camera", factory)
server.attach(None)
print("port", server.get_bound_port(), flush=True)
GLib.MainLoop().run()
