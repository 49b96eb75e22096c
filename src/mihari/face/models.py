"""What the API answers, as OpenAPI models with units and examples; positions in degrees, times UTC s since 1970."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

Time = Annotated[float, Field(description="UTC seconds since 1970", examples=[1790000000.0])]
LatDeg = Annotated[float, Field(ge=-90, le=90, description="degrees, north positive, WGS 84", examples=[26.2125])]
LonDeg = Annotated[float, Field(ge=-180, le=180, description="degrees, east positive, WGS 84", examples=[127.6792])]
Bearing = Annotated[float, Field(ge=0, lt=360, description="degrees, clockwise from true north", examples=[45.0])]


class Model(BaseModel):
    """Base of all answers."""

    model_config = ConfigDict(extra="forbid")


class Claim(Model):
    """One identity a vessel claims of itself: evidence, never fact."""

    model_config = ConfigDict(extra="ignore")

    mmsi: int = Field(description="maritime mobile service identity, 0 none", examples=[431000001])
    weight: float | None = Field(description="share of the vessel's supporting reports, 0 to 1", examples=[1.0])
    imo: int = Field(0, description="IMO number, 0 absent", examples=[9074729])
    name: str = Field("", description="name as told", examples=["KAIYO MARU"])
    call_sign: str = Field("", description="radio call sign", examples=["JABC"])
    destination: str = Field("", description="destination as told", examples=["NAHA"])
    ship_type: int = Field(-1, description="type of ship and cargo, M.1371-5 table 53; -1 absent", examples=[30])
    length: float | None = Field(None, description="m", examples=[62.0])
    beam: float | None = Field(None, description="m", examples=[11.0])
    draught: float | None = Field(None, description="m", examples=[4.5])
    device: str = Field("", description="AIS class A or B; '' unknown", examples=["A"])
    navigation_status: int = Field(-1, description="M.1371-5 table 47; -1 absent", examples=[7])
    subject: int = Field(0, description="0 vessel, 4 aircraft, 5 SART, 6 MOB, 7 EPIRB", examples=[0])


class VesselSummary(Model):
    """One vessel as believed, in a list."""

    id: int = Field(description="as people see it; never reused within a run", examples=[17])
    time: Time | None
    lat_deg: LatDeg
    lon_deg: LonDeg
    speed_mps: float | None = Field(description="over ground, m/s; null unknown", examples=[5.14])
    course_deg: Bearing | None
    status: str = Field(description="live, coasting or faded", examples=["live"])
    sources: list[str] = Field(description="radar, ais, lost_ais, lost_radar, exercise", examples=[["radar", "ais"]])
    category: str = Field(description="coarse type", examples=["fishing"])
    mmsi: int | None = Field(description="the best-supported claim; null none", examples=[431000001])
    name: str = Field(description="as claimed; '' none", examples=["KAIYO MARU"])
    called: str = Field(
        "",
        description="what all nodes of a mesh call it where it tells no name; '' outside of one",
        examples=["kume 412"],
    )


class Vessel(VesselSummary):
    """One vessel with all that is known of it."""

    heading_deg: Bearing | None
    existence: float = Field(ge=0, le=1, description="probability that it is there", examples=[0.98])
    ellipse_major_m: float = Field(description="semi-axis of the 95 % ellipse, m", examples=[40.0])
    ellipse_minor_m: float = Field(description="semi-axis of the 95 % ellipse, m", examples=[12.0])
    ellipse_bearing_deg: Bearing
    heard_radar: Time | None
    heard_ais: Time | None
    age_s: float | None = Field(
        description="s since the last report of any source, at the picture's time", examples=[2.5]
    )
    age_radar_s: float | None = Field(description="s since the last radar plot; null never", examples=[2.5])
    age_ais_s: float | None = Field(description="s since the last AIS report; null never", examples=[8.0])
    sensors: list[str] = Field(description="names of the sensors that support it", examples=[["naha"]])
    claims: list[Claim] = Field(description="identities claimed, best supported first")
    namer: str = Field("", description="node of the mesh that names it; '' outside of one", examples=["kume"])
    held_by: list[str] = Field([], description="nodes that hold it, by name; none outside of a mesh",
                               examples=[["kume", "naha"]])  # fmt: skip


class VesselPage(Model):
    """A page of vessels, ordered by id."""

    time: Time
    total: int = Field(description="vessels that pass the filters", examples=[311])
    offset: int = Field(examples=[0])
    vessels: list[VesselSummary]


Point = Annotated[
    tuple[float, float, float],
    Field(description="time (UTC s), latitude, longitude (degrees)", examples=[[1790000000.0, 26.2125, 127.6792]]),
]


class Trail(Model):
    """Where one vessel has been lately, oldest first."""

    vessel: int = Field(examples=[17])
    points: list[Point]


class Trails(Model):
    """Short trails of all vessels."""

    trails: list[Trail]


class PictureSummary(Model):
    """The picture in numbers."""

    node: dict[str, Any] = Field(description="what the node tells of itself: name, area, box, version…")
    picture: int = Field(description="sequence number of the newest picture", examples=[1042])
    time: Time
    vessels: int = Field(examples=[311])
    by_status: dict[str, int] = Field(examples=[{"live": 290, "coasting": 15, "faded": 6}])
    by_category: dict[str, int] = Field(examples=[{"cargo": 80, "fishing": 120}])
    with_radar: int = Field(description="supported by radar now", examples=[250])
    with_ais: int = Field(description="supported by AIS now", examples=[280])
    with_both: int = Field(description="supported by radar and AIS now", examples=[220])
    marks: list[dict[str, Any]] = Field(description="base stations, aids to navigation, own ship")


class Refused(Model):
    """One refused piece of input."""

    received: Time
    reason: str = Field(examples=["checksum"])
    bytes: str = Field(description="its first bytes as text, others as \\xhh", examples=["!AIVDM,1,1,,A,"])


class Clock(Model):
    """How a sensor's clock compares; null: too few samples, or samples that disagree."""

    offset_s: float | None = Field(description="by which it is ahead, s: the best of those below", examples=[7.1])
    by: str = Field(description="by which comparison: utc, receipt, or ''", examples=["utc"])
    receipt_s: float | None = Field(description="ahead of our time of receipt, s", examples=[6.8])
    utc_s: float | None = Field(description="ahead of the second that ships tell, s", examples=[7.1])
    own_s: float | None = Field(description="our clock ahead of the second that ships tell, s", examples=[0.3])
    peers_s: float | None = Field(description="ahead of other stations that heard the same, s", examples=[7.0])
    samples: int = Field(examples=[240])


class Station(Model):
    """An AIS station or a radar, as heard on one feed."""

    sensor: int = Field(description="its index among the sensors", examples=[2])
    name: str = Field(examples=["KUME"])
    kind: str = Field(description="ais, radar or air_radar", examples=["ais"])
    last_heard: Time | None
    heard: int = Field(description="messages or plots", examples=[5120])
    first: int = Field(description="those that no other station had brought before", examples=[3100])
    witnessed: int = Field(description="those that another station heard too", examples=[4000])
    repeated: int = Field(description="the same datagram twice", examples=[0])
    alone: int = Field(description="those that no other station heard", examples=[1120])
    clock: Clock
    range_m: float | None = Field(description="holds 95 % of the vessels it sees now, m", examples=[28000.0])
    usual_range_m: float | None = Field(description="and usually, m", examples=[31000.0])


class Alarm(Model):
    """Something that a person should know of."""

    key: str = Field(description="the same trouble has the same key", examples=["silent:2"])
    severity: str = Field(description="alarm or warning", examples=["alarm"])
    since: Time
    until: Time | None = Field(description="null: still so", examples=[None])
    text: str = Field(description="one sentence", examples=["Feed cape is silent, last heard 95.0 s ago."])


class Alarms(Model):
    """All alarms of the node: those that stand, the gravest first, then those that ended, the newest first."""

    alarms: list[Alarm]


class OwnClock(Model):
    """The node's own clock."""

    offset_s: float | None = Field(description="ahead of the second that ships tell, s", examples=[0.2])
    jumped_s: float = Field(description="how far it was last set, s", examples=[0.0])
    jumped_at: Time | None
    jumps: int = Field(examples=[0])


class MeshPart(Model):
    """Base of what is told of the mesh: nodes of later releases tell more."""

    model_config = ConfigDict(extra="ignore")


class MeshSelf(MeshPart):
    """This node, as the others know it."""

    author: str = Field(description="made of its key", examples=["5f3a9c0172e4b8d6"])
    name: str = Field(examples=["naha"])
    clock_error_s: float = Field(
        description="by which its clock seems ahead of most others', s; 0: agrees, or too few nodes tell",
        examples=[0.0],
    )
    lat_deg: LatDeg | None = None
    lon_deg: LonDeg | None = None
    sensors: int | None = Field(None, description="of its own that stand somewhere", examples=[2])


class MeshToldLink(MeshPart):
    """A link between two other nodes, as one of them told it last."""

    peer: str = Field(examples=["5f3a9c0172e4b8d6"])
    name: str = Field(examples=["naha"])
    profile: str = Field(examples=["radio"])
    round_trip_s: float | None = Field(examples=[0.012])
    waiting: float | None = Field(description="batches", examples=[0])


class MeshNode(MeshPart):
    """Another node of the mesh."""

    author: str = Field(description="made of its key", examples=["a1b2c3d4e5f60718"])
    name: str = Field(examples=["kume"])
    lat_deg: LatDeg | None
    lon_deg: LonDeg | None
    vessels: int = Field(description="that it has told and not taken back", examples=[118])
    sensors: int | None = Field(None, description="that stand somewhere, with which it watches", examples=[2])
    epoch: int = Field(description="number of its run", examples=[3])
    heard_s: float | None = Field(description="s since it was heard of; null: never", examples=[0.8])
    cost: float | None = Field(description="of the way to it; null: not reached now", examples=[1])
    through: str = Field(description="the neighbour that passes it on; '': not reached now", examples=["kume"])
    clock_offset_s: float | None = Field(description="its clock ahead of ours, s; null: not measured", examples=[0.02])
    release: str = Field(examples=["0.1.0"])
    links: list[MeshToldLink] = Field(description="as it told them last")


class MeshLink(MeshPart):
    """A link of this node that is up."""

    peer: str = Field(examples=["a1b2c3d4e5f60718"])
    name: str = Field(examples=["kume"])
    address: str = Field(examples=["tls/kume.example:7447"])
    profile: str = Field(description="what it carries: lan, cellular, satellite, radio, acoustic", examples=["radio"])
    greeted: bool = Field(description="the neighbour has shown who it is", examples=[True])
    up_s: float = Field(examples=[3600.0])
    silent_s: float = Field(description="since its last frame, s", examples=[0.4])
    round_trip_s: float | None = Field(examples=[0.012])
    clock_offset_s: float | None = Field(description="the neighbour's clock ahead of ours, s", examples=[0.002])
    waiting: int = Field(description="batches that wait to be sent", examples=[0])
    under_way: int = Field(description="bytes sent and not acknowledged", examples=[1200])
    sent_bytes: int = Field(examples=[1048576])
    got_bytes: int = Field(examples=[2097152])
    resent: int = Field(description="frames sent once more", examples=[3])
    again: int = Field(description="batches that came though we had them", examples=[0])


class MeshMissing(MeshPart):
    """A link of the node file that is not up."""

    address: str = Field(examples=["tls/kerama.example:7447"])
    profile: str = Field(examples=["lan"])
    since_s: float = Field(description="how long it has not been up, s", examples=[95.0])


class MeshModemAuthor(MeshPart):
    """A node that a modem has heard."""

    author: str = Field(description="made of its key; ends with zeros where its certificate never came here",
                        examples=["a1b2c3d4e5f60718"])  # fmt: skip
    name: str = Field(examples=["diver"])
    vessels: int = Field(description="that it has told by modem", examples=[4])
    heard_s: float | None = Field(description="s since it was heard by modem", examples=[12.0])


class MeshModem(MeshPart):
    """A modem of this node."""

    name: str = Field(examples=["acoustic"])
    listen: str = Field(description="'': it only sends", examples=["udp/127.0.0.1:7450"])
    send: str = Field(description="'': it only hears", examples=["udp/127.0.0.1:7451"])
    sent: int = Field(description="messages", examples=[120])
    heard: int = Field(description="messages that were believed", examples=[80])
    again: int = Field(description="messages that came though their row was known", examples=[9])
    refused: int = Field(description="messages; reasons are in `refused` of the mesh", examples=[0])
    waiting: int = Field(description="vessels that are to be told", examples=[3])
    sent_s: float | None = Field(description="s since the last; null: never", examples=[8.0])
    heard_s: float | None = Field(description="s since the last; null: never", examples=[12.0])
    problem: str = Field(description="why it could not send last; '': it could", examples=[""])
    authors: list[MeshModemAuthor] = Field(description="heard over it last")


class MeshFiles(MeshPart):
    """Bytes of evidence that travelled in this run."""

    told: int = Field(examples=[12])
    taken: int = Field(examples=[3])
    left: int = Field(description="of this node: too large, or more than a run tells", examples=[1])
    problem: str = Field(description="why there is no room for what came; '': there is", examples=[""])


class MeshCases(MeshPart):
    """Edits of cases that travelled in this run."""

    told: int = Field(description="of this node", examples=[120])
    taken: int = Field(description="of others", examples=[40])
    refused: int = Field(examples=[0])
    left: int = Field(description="of this node: more than a run tells", examples=[0])
    files: MeshFiles
    problem: str = Field(description="the last that was refused, in a sentence; '': nothing was", examples=[""])


class MeshBundles(MeshPart):
    """Bundles of patterns that this node offers, and those of others."""

    told: int = Field(description="that this node offers", examples=[1])
    awaited: int = Field(description="announced, their bytes still to come", examples=[0])
    refused: int = Field(description="in this run", examples=[0])
    problem: str = Field(description="the last that was refused, in a sentence; '': nothing was", examples=[""])


class Mesh(MeshPart):
    """How the mesh of nodes is, as this node knows it."""

    time: Time
    me: MeshSelf
    nodes: list[MeshNode] = Field(description="all others that are known")
    links: list[MeshLink] = Field(description="of this node, those that are up")
    missing: list[MeshMissing] = Field(default_factory=list, description="links of the node file that are not up")
    modems: list[MeshModem] = Field(default_factory=list, description="of this node")
    cases: MeshCases | None = Field(None, description="edits of cases; null: this node keeps none")
    bundles: MeshBundles | None = Field(None, description="of patterns; null: this node keeps no records")
    refused: dict[str, dict[str, int]] = Field(
        description="who sent it -> reason -> frames or batches", examples=[{"kume": {"signature": 2}}]
    )
    unknown: dict[str, int] = Field(
        description="batches of kinds that this release does not know, by kind", examples=[{"99": 4}]
    )


class NodeHealth(Model):
    """How the node is doing beside its feeds."""

    time: Time
    alarms: list[Alarm]
    clock: OwnClock
    queue_rows: int = Field(description="reports that wait for the pipeline", examples=[0])
    queue_limit: int = Field(examples=[200000])
    lag_s: float = Field(description="from receipt until taken into the picture, s", examples=[0.01])
    overfull_s: float | None = Field(None, description="since reports came that were too many to keep in order, s")
    older: int = Field(0, description="came too late to be kept in order, and were run again in their place")
    reports: int = Field(description="taken in, witnesses not counted", examples=[812000])
    plots: int = Field(examples=[402000])
    sectors: int = Field(examples=[46000])
    vessels: int = Field(examples=[311])
    archive: dict[str, Any] | None = Field(description="the archive's health; null: there is none")
    alerts: dict[str, Any] | None = Field(None, description="how the records of alerts are; null: there are none")
    file_problem: str = Field("", description="what is wrong with the node file as it is now")
    mesh: Mesh | None = Field(None, description="other nodes and the links to them; null: in no mesh")


class Feed(Model):
    """How one feed is doing."""

    index: int = Field(examples=[0])
    name: str = Field(examples=["ais-naha"])
    url: str = Field(examples=["udp://:10110"])
    state: str = Field(
        description="starting, listening, connected, waiting, ended, failed or removed", examples=["listening"]
    )
    problem: str = Field("", description="one sentence, when there is one")
    last_heard: Time | None
    received_bytes: int = Field(examples=[102400])
    messages: int = Field(examples=[2048])
    reports: int = Field(examples=[1990])
    other: int = Field(description="well-formed, but none of ours", examples=[3])
    refused: dict[str, int] = Field(description="count by reason", examples=[{"checksum": 2}])
    noticed: dict[str, int] = Field(
        default_factory=dict, description="strange, but kept: count by kind", examples=[{"repeated": 1}]
    )
    shed: int = Field(description="thrown away because the pipeline was behind", examples=[0])
    bytes_per_s: float = Field(examples=[1200.0])
    messages_per_s: float = Field(examples=[24.0])
    last_refused: list[Refused] = Field(default_factory=list)
    peers: int = Field(0, description="connected now, where several may be", examples=[1])
    sent: int = Field(0, description="pieces passed on", examples=[0])
    sent_bytes: int = Field(0, examples=[0])
    unsent: int = Field(0, description="pieces that could not be passed on", examples=[0])
    outgoing: bool = Field(False, description="it only sends: nothing is expected from it", examples=[False])
    since: float = Field(0.0, description="when it was added to the node, UTC s", examples=[1792000000.0])
    stations: list[Station] = Field(default_factory=list, description="heard on it, those heard most first")
    stations_more: int = Field(0, description="stations that are not listed", examples=[0])
    format: str = Field("", description="of what flows there, one of `mihari formats`", examples=["ais"])


class Feeds(Model):
    """All feeds of the node."""

    feeds: list[Feed]


class SensorInfo(Model):
    """One sensor of the node."""

    index: int = Field(description="its bit in a vessel's sensors", examples=[0])
    name: str = Field(examples=["naha"])
    kind: str = Field(description="radar, ais or air_radar", examples=["radar"])
    lat_deg: LatDeg | None
    lon_deg: LonDeg | None
    range_m: float | None = Field(description="greatest range, m", examples=[44448.0])


class Watching(Model):
    """A sensor of another node."""

    name: str = Field(examples=["kume radar"])
    kind: str = Field(description="radar, ais, air_radar, lidar, camera, ranger, person or other", examples=["radar"])
    lat_deg: LatDeg
    lon_deg: LonDeg
    range_m: float = Field(description="greatest range, m", examples=[44448.0])
    serving: bool = Field(description="false: silent, the node has heard nothing of it lately", examples=[True])


class NodeCover(Model):
    """What another node of the mesh watches with, as it told last."""

    author: str = Field(description="made of its key", examples=["a1b2c3d4e5f60718"])
    name: str = Field(examples=["kume"])
    sensors: list[Watching] = Field(description="those that stand somewhere")


class Sensors(Model):
    """All sensors of the node, and those of the others of its mesh."""

    sensors: list[SensorInfo]
    others: list[NodeCover] = Field(default_factory=list, description="of other nodes, by node")


class Health(Model):
    """Whether node and picture are well."""

    status: str = Field(
        description="ok; failed (a feed or the archive has); waiting (no pipeline, or no picture yet)", examples=["ok"]
    )
    problems: list[str] = Field(description="what has failed, a sentence each", examples=[[]])
    picture: int = Field(examples=[1042])
    time: Time
    browsers: int = Field(examples=[1])
    interval_s: float = Field(description="s between two frames to a browser at least, by load", examples=[0.05])
    node: NodeHealth | None = Field(description="null: not told yet")


SINCE = "UTC s; before, numbers of vessels are those of earlier runs, not the picture's; null: nothing is kept"


class Whereabouts(Model):
    """Where a vessel was, from the archive: columns of equal length, in the order of time."""

    mmsi: int = Field(description="0: asked by the picture's number", examples=[431000123])
    vessel: int = Field(description="in the picture; 0: asked by name or MMSI", examples=[0])
    name: str = Field(examples=["ASAHI MARU"])
    since: float | None = Field(description=SINCE, examples=[1795140000.0])
    time: list[float] = Field(description="UTC s", examples=[[1795143600.0]])
    lat_deg: list[float] = Field(examples=[[26.2]])
    lon_deg: list[float] = Field(examples=[[127.6]])


class Nearby(Model):
    """A vessel that was within a circle."""

    mmsi: int = Field(description="0: none told, seen by radar alone", examples=[431000123])
    vessel: int = Field(description="in the picture; 0: told by AIS", examples=[0])
    name: str = Field(examples=["ASAHI MARU"])
    distance: float = Field(description="the least, m", examples=[812.5])
    time: float = Field(description="of that, UTC s", examples=[1795143600.0])
    first: float = Field(description="in the circle, UTC s", examples=[1795143000.0])
    last: float = Field(examples=[1795143700.0])
    positions: int = Field(examples=[12])


class NearbyList(Model):
    """Vessels that were within a circle, nearest first."""

    vessels: list[Nearby]
    since: float | None = Field(description=SINCE, examples=[1795140000.0])


class PastVessel(Model):
    """A vessel of a past picture."""

    time: float = Field(description="UTC s of its state", examples=[1795143600.0])
    lat_deg: float = Field(examples=[26.2])
    lon_deg: float = Field(examples=[127.6])
    speed_kn: float | None = Field(examples=[11.2])
    course_deg: float | None = Field(examples=[87.0])
    vessel: int = Field(examples=[7])
    mmsi: int = Field(examples=[431000123])
    status: int = Field(description="0 live, 1 coasting, 2 faded", examples=[0])
    source: int = Field(description="bits: 1 radar, 2 AIS, 4 AIS lost, 8 radar lost", examples=[3])
    name: str = Field(examples=["ASAHI MARU"])


class PastPicture(Model):
    """The picture at a time, rebuilt bit for bit from the archive."""

    time: float = Field(examples=[1795143600.0])
    picture_hash: str = Field(examples=["2781b50ad8d1353f"])
    vessels: list[PastVessel]


class Problem(Model):
    """Why a request was refused, in one sentence."""

    detail: str = Field(examples=["no vessel 99"])
