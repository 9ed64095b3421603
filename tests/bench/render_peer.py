"""PyBullet's CPU renderer drawing a scene of ours, for `rookery bench render`.

Speaks the protocol of apps/peer.h. Requests:
  {"command": "scene", "assets": folder, "bodies": [{"id", "urdf", "position", "orientation",
   "joints": {name: rad}}], "checker": {"id", "tile", "size", "rgb": [[..], [..]]} or null,
   "camera": {"position", "orientation", "width", "height", "fy", "near", "far"}}
      -> {"bodies": n}
  {"command": "frames", "seconds": at least} -> {"seconds": per frame}
  {"command": "image"} -> {"rgb": [...], "depth_um": [...], "segmentation": [...]}
Colour, depth and segmentation come from one call, shadows on.
"""

import importlib.metadata
import os
import platform
import struct
import sys
import tempfile
import time
import zlib

from peer_protocol import say, serve, silence_c_stdout

silence_c_stdout()
try:
    import numpy as np
    import pybullet as p
except ImportError as error:
    say({"missing": error.name})
    sys.exit(0)

VERSIONS = {
    "python": platform.python_version(),
    "numpy": np.__version__,
    "pybullet": importlib.metadata.version("pybullet"),
}


def draw(camera, shadow=True):
    """Raw images of PyBullet's CPU renderer: rgba, z-buffer, segmentation with link index."""
    rotation = np.array(p.getMatrixFromQuaternion(camera["orientation"])).reshape(3, 3)
    position = np.array(camera["position"])
    look_at = position + rotation @ np.array([0.0, 0.0, 1.0])
    up = rotation @ np.array([0.0, -1.0, 0.0])
    view = p.computeViewMatrix(position.tolist(), look_at.tolist(), up.tolist())
    field = 2 * np.degrees(np.arctan(camera["height"] / 2 / camera["fy"]))
    projection = p.computeProjectionMatrixFOV(
        float(field), camera["width"] / camera["height"], camera["near"], camera["far"])
    _, _, rgba, zbuffer, segmentation = p.getCameraImage(
        camera["width"], camera["height"], viewMatrix=view, projectionMatrix=projection,
        shadow=int(shadow), flags=p.ER_SEGMENTATION_MASK_OBJECT_AND_LINKINDEX,
        renderer=p.ER_TINY_RENDERER)
    return rgba, zbuffer, segmentation


def convert(camera, rgba, zbuffer, segmentation):
    """Colour (h, w, 3) uint8, depth (h, w) float32 in metres, body ids (h, w) uint8."""
    shape = (camera["height"], camera["width"])
    near, far = camera["near"], camera["far"]
    color = np.array(rgba, dtype=np.uint8).reshape(shape + (4,))[:, :, :3]
    zbuffer = np.array(zbuffer).reshape(shape)
    depth = 2.0 * near * far / (far + near - (2.0 * zbuffer - 1.0) * (far - near))
    return color, np.float32(depth), np.uint8(np.int32(segmentation).reshape(shape) & 255)


def checker_texture(tiles, colors):
    """A texture of tiles x tiles one-pixel tiles; returns PyBullet's id of it."""
    row, column = np.indices((tiles, tiles))
    pixels = np.array(colors, dtype=np.uint8)[(row + column) % 2]
    rows = b"".join(b"\0" + pixels[i].tobytes() for i in range(tiles))

    def chunk(kind, data):
        return (struct.pack(">I", len(data)) + kind + data
                + struct.pack(">I", zlib.crc32(kind + data)))

    with tempfile.NamedTemporaryFile(suffix=".png") as file:
        file.write(b"\x89PNG\r\n\x1a\n"
                   + chunk(b"IHDR", struct.pack(">IIBBBBB", tiles, tiles, 8, 2, 0, 0, 0))
                   + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))
        file.flush()
        return p.loadTexture(file.name)


class RenderPeer:
    def __init__(self):
        self.camera = None
        self.our_id = {}  # PyBullet's body -> ours

    def scene(self, request):
        p.resetSimulation()
        self.camera = request["camera"]
        self.our_id = {}
        checker = request["checker"]
        for body in request["bodies"]:
            number = p.loadURDF(os.path.join(request["assets"], body["urdf"]), body["position"],
                                body["orientation"], useFixedBase=True)
            self.our_id[number] = body["id"]
            for joint in range(p.getNumJoints(number)):
                name = p.getJointInfo(number, joint)[1].decode()
                if name in body["joints"]:
                    p.resetJointState(number, joint, body["joints"][name])
            if checker and checker["id"] == body["id"]:
                # A face of PyBullet's box shows a quarter of the texture in each direction.
                texture = checker_texture(int(round(4 * checker["size"] / checker["tile"])),
                                          checker["rgb"])
                p.changeVisualShape(number, -1, textureUniqueId=texture)
        return {"bodies": p.getNumBodies()}

    def frames(self, request):
        start = time.perf_counter()
        elapsed = frames = 0
        while elapsed < request["seconds"]:
            draw(self.camera)
            frames += 1
            elapsed = time.perf_counter() - start
        return {"seconds": elapsed / frames}

    def image(self, _):
        color, depth, segmentation = convert(self.camera, *draw(self.camera))
        ours = np.full(256, 255, dtype=np.uint8)
        for number, our_id in self.our_id.items():
            ours[number] = our_id
        return {"rgb": color.ravel().tolist(),
                "depth_um": np.rint(depth.ravel() * 1e6).astype(np.int64).tolist(),
                "segmentation": ours[segmentation].ravel().tolist()}


def main():
    p.connect(p.DIRECT)
    peer = RenderPeer()
    say({"versions": VERSIONS})
    serve({"scene": peer.scene, "frames": peer.frames, "image": peer.image})


if __name__ == "__main__":
    main()
