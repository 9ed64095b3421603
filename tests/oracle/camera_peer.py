"""PyBullet's CPU renderer drawing the meshes of a scene file.

camera_peer.py SCENE.json FOLDER writes, for each camera, FOLDER/NAME.rgb (h, w, 3 uint8),
FOLDER/NAME.depth (h, w float32, m) and FOLDER/NAME.segmentation (h, w uint8).

SCENE.json: {"visuals": [{"body", "position", "orientation", "vertices", "normals", "indices",
"rgb", "checker": null or {"tile", "rgb", "position"}}], "cameras": [{"name", "width", "height",
"fy", "near", "far", "position", "orientation"}]}; normals are unit vectors, positions in metres,
quaternions xyzw, a checker's position that of a vertex in the checkerboard's plane.
"""

import json
import os
import struct
import sys
import tempfile
import zlib

import numpy as np
import pybullet as p


def checker_texture(colors):
    """Two by two tiles, colors[0] where u and v grow from 0; returns PyBullet's id."""
    pixels = np.uint8(np.array(colors)[[[1, 0], [0, 1]]])  # v grows upwards
    rows = b"".join(b"\0" + row.tobytes() for row in pixels)

    def chunk(kind, data):
        return (struct.pack(">I", len(data)) + kind + data
                + struct.pack(">I", zlib.crc32(kind + data)))

    with tempfile.NamedTemporaryFile(suffix=".png") as file:
        file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 2, 2, 8, 2, 0, 0, 0))
                   + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))
        file.flush()
        return p.loadTexture(file.name)


def add(visual):
    """One PyBullet body for one visual; returns its id."""
    vertices = np.array(visual["vertices"]).reshape(-1, 3)
    arguments = {
        "vertices": vertices.tolist(),
        "normals": np.array(visual["normals"]).reshape(-1, 3).tolist(),
        "indices": visual["indices"],
        "rgbaColor": list(visual["rgb"]) + [1],
    }
    checker = visual["checker"]
    if checker:
        # A texture of two tiles each way, repeated.
        arguments["uvs"] = (vertices[:, :2] / (2 * checker["tile"])).tolist()
        arguments["rgbaColor"] = [1, 1, 1, 1]
    shape = p.createVisualShape(p.GEOM_MESH, **arguments)
    body = p.createMultiBody(0, -1, shape, visual["position"], visual["orientation"])
    if checker:
        p.changeVisualShape(body, -1, textureUniqueId=checker_texture(checker["rgb"]))
    return body


def draw(camera):
    """Colour, depth and body ids, as the Ravens environment asks for and converts them."""
    rotation = np.array(p.getMatrixFromQuaternion(camera["orientation"])).reshape(3, 3)
    position = np.array(camera["position"])
    look_at = position + rotation @ np.array([0.0, 0.0, 1.0])
    up = rotation @ np.array([0.0, -1.0, 0.0])
    view = p.computeViewMatrix(position.tolist(), look_at.tolist(), up.tolist())
    width, height, near, far = (camera[key] for key in ("width", "height", "near", "far"))
    field = 2 * np.degrees(np.arctan(height / 2 / camera["fy"]))
    projection = p.computeProjectionMatrixFOV(float(field), width / height, near, far)
    _, _, rgba, zbuffer, segmentation = p.getCameraImage(
        width, height, viewMatrix=view, projectionMatrix=projection, shadow=1,
        flags=p.ER_SEGMENTATION_MASK_OBJECT_AND_LINKINDEX, renderer=p.ER_BULLET_HARDWARE_OPENGL)
    rgb = np.uint8(rgba).reshape(height, width, 4)[:, :, :3]
    zbuffer = np.array(zbuffer, dtype=np.float64).reshape(height, width)
    depth = 2 * near * far / (far + near - (2 * zbuffer - 1) * (far - near))
    return rgb, np.float32(depth), np.int64(segmentation).reshape(height, width)


def main():
    with open(sys.argv[1]) as file:
        scene = json.load(file)
    p.connect(p.DIRECT)
    our_id = {add(visual): visual["body"] for visual in scene["visuals"]}
    for camera in scene["cameras"]:
        rgb, depth, segmentation = draw(camera)
        bodies = np.full(segmentation.shape, 255, dtype=np.uint8)
        for number, body in our_id.items():
            # PyBullet adds (link + 1) << 24 and the only link is -1.
            bodies[segmentation == number] = body
        for name, image in (("rgb", rgb), ("depth", depth), ("segmentation", bodies)):
            np.ascontiguousarray(image).tofile(
                os.path.join(sys.argv[2], camera["name"] + "." + name))


if __name__ == "__main__":
    main()
