#include "envs/tabletop/bullet_urdf.h"

#include <CommonInterfaces/CommonFileIOInterface.h>
#include <CommonInterfaces/CommonGUIHelperInterface.h>
#include <Importers/ImportURDFDemo/BulletUrdfImporter.h>
#include <Importers/ImportURDFDemo/MyMultiBodyCreator.h>
#include <Importers/ImportURDFDemo/URDF2Bullet.h>
#include <Importers/ImportURDFDemo/UrdfParser.h>
#include <Utils/b3BulletDefaultFileIO.h>
#include <btBulletCollisionCommon.h>

#include <cstdio>
#include <cstring>
#include <map>

#include "core/atomic_file.h"
#include "core/error.h"
#include "renderers/mesh.h"

namespace rookery {
namespace {

// Bullet reads files through this: the URDF itself comes from memory, with its names replaced,
// everything it refers to (meshes) from disk.
class TemplateFiles final : public b3BulletDefaultFileIO {
 public:
  TemplateFiles(std::string path, std::string text)
      : path_(std::move(path)), text_(std::move(text)) {}

  int fileOpen(const char* name, const char* mode) override {
    if (path_ != name) return b3BulletDefaultFileIO::fileOpen(name, mode);
    position_ = 0;
    return kUrdf;
  }
  char* readLine(int handle, char* buffer, int size) override {
    if (handle != kUrdf) return b3BulletDefaultFileIO::readLine(handle, buffer, size);
    if (position_ >= text_.size()) return nullptr;
    const size_t end = std::min(text_.find('\n', position_), text_.size());
    const size_t length = std::min(end - position_, static_cast<size_t>(size) - 1);
    std::memcpy(buffer, text_.data() + position_, length);
    buffer[length] = 0;
    position_ += length + (position_ + length == end ? 1 : 0);
    return buffer;
  }
  void fileClose(int handle) override {
    if (handle != kUrdf) b3BulletDefaultFileIO::fileClose(handle);
  }

 private:
  static constexpr int kUrdf = 1 << 20;  // beyond the handles of files
  std::string path_, text_;
  size_t position_ = 0;
};

std::string Replaced(std::string text, const UrdfOptions& options) {
  for (const auto& [name, value] : options.replacements) {
    char number[32];
    std::snprintf(number, sizeof(number), "%.17g", value);
    for (size_t at = text.find(name); at != std::string::npos; at = text.find(name, at)) {
      text.replace(at, name.size(), number);
      at += std::strlen(number);
    }
  }
  return text;
}

DummyGUIHelper* NoGui() {
  static DummyGUIHelper no_gui;  // has no state
  return &no_gui;
}

// One mesh for all boxes, cylinders and spheres: visuals scale it.
const MeshPtr& UnitBox() {
  static const MeshPtr mesh = BoxMesh({1, 1, 1});
  return mesh;
}
const MeshPtr& UnitCylinder() {
  static const MeshPtr mesh = CylinderMesh(1, 1);
  return mesh;
}
const MeshPtr& UnitSphere() {
  static const MeshPtr mesh = SphereMesh(1);
  return mesh;
}

std::array<float, 3> Scale(double x, double y, double z) {
  return {static_cast<float>(x), static_cast<float>(y), static_cast<float>(z)};
}

}  // namespace

// Bullet's own importer, except that it makes the collision shapes of a link once and that
// visual shapes are not its concern.
class BulletUrdf::Importer final : public BulletURDFImporter {
 public:
  Importer(std::unique_ptr<TemplateFiles> files, GUIHelperInterface* gui)
      : BulletURDFImporter(gui, nullptr, files.get()), files_(std::move(files)) {}
  ~Importer() override {
    for (int i = getNumAllocatedCollisionShapes() - 1; i >= 0; --i) {
      delete getAllocatedCollisionShape(i);
    }
    for (int i = 0; i < getNumAllocatedMeshInterfaces(); ++i) {
      delete getAllocatedMeshInterface(i);
    }
  }

  btCompoundShape* convertLinkCollisionShapes(int link, const char* prefix,
                                              const btTransform& inertial) const override {
    btCompoundShape*& shape = shapes_[link];
    if (shape == nullptr) {
      shape = BulletURDFImporter::convertLinkCollisionShapes(link, prefix, inertial);
    }
    return shape;
  }
  int convertLinkVisualShapes(int, const char*, const btTransform&) const override { return -1; }
  void convertLinkVisualShapes2(int, int, const char*, const btTransform&, btCollisionObject*,
                                int) const override {}

 private:
  std::unique_ptr<TemplateFiles> files_;
  mutable std::map<int, btCompoundShape*> shapes_;
};

BulletUrdf::BulletUrdf(const std::string& path, const UrdfOptions& options) {
  auto files = std::make_unique<TemplateFiles>(path, Replaced(ReadFile(path), options));
  importer_ = std::make_unique<Importer>(std::move(files), NoGui());
  if (!importer_->loadURDF(path.c_str(), options.fixed_base) || importer_->getRootLinkIndex() < 0) {
    throw UserError(path + " is not a robot description (URDF) with one root link");
  }
  ReadLinks();
  ReadVisuals(path);
}

BulletUrdf::~BulletUrdf() = default;

btMultiBody* BulletUrdf::Instantiate(btMultiBodyDynamicsWorld* world, const Pose& X_WB) {
  MyMultiBodyCreator creator(NoGui());
  ConvertURDF2Bullet(*importer_, creator, ToBullet(X_WB), world, /*createMultiBody=*/true,
                     importer_->getPathPrefix(), CUF_RESERVED);
  btMultiBody* body = creator.getBulletMultiBody();
  ROOKERY_CHECK(body != nullptr);
  return body;
}

// Bullet numbers links depth first; the same walk gives their names and frames.
void BulletUrdf::ReadLinks() {
  const auto read = [this](int index) {
    Link link;
    link.name = importer_->getLinkName(index);
    btScalar mass = 0;
    btVector3 inertia;
    btTransform frame;
    importer_->getMassAndInertia2(index, mass, inertia, frame, CUF_RESERVED);
    link.com_is_origin = frame == btTransform::getIdentity();
    if (!link.com_is_origin) link.X_LC = FromBullet(frame);
    return link;
  };
  const int root = importer_->getRootLinkIndex();
  base_ = read(root);
  const auto walk = [&](const auto& self, int parent) -> void {
    btAlignedObjectArray<int> children;
    importer_->getLinkChildIndices(parent, children);
    for (int i = 0; i < children.size(); ++i) {
      links_.push_back(read(children[i]));
      urdf_index_.push_back(children[i]);
      self(self, children[i]);
    }
  };
  walk(walk, root);
}

void BulletUrdf::ReadVisuals(const std::string& path) {
  const UrdfModel& model = *importer_->getUrdfModel();
  const auto read = [&](int link_index, int urdf_index) {
    const UrdfLink& link = **model.m_links.getAtIndex(urdf_index);
    for (int i = 0; i < link.m_visualArray.size(); ++i) {
      const UrdfVisual& shape = link.m_visualArray[i];
      const UrdfGeometry& geometry = shape.m_geometry;
      VisualShape out;
      out.link = link_index;
      out.visual.X_BV = FromBullet(shape.m_linkLocalFrame);
      const double radius = geometry.m_capsuleRadius, length = geometry.m_capsuleHeight;
      switch (geometry.m_type) {
        case URDF_GEOM_BOX:
          out.dimensions = FromBullet(geometry.m_boxSize);
          out.visual.mesh = UnitBox();
          out.visual.scale = Scale(out.dimensions.x, out.dimensions.y, out.dimensions.z);
          break;
        case URDF_GEOM_CYLINDER:
          out.dimensions = {length, radius, 0};
          out.visual.mesh = UnitCylinder();
          out.visual.scale = Scale(radius, radius, length);
          break;
        case URDF_GEOM_CAPSULE:
          out.dimensions = {length, radius, 0};
          out.visual.mesh = CapsuleMesh(radius, length);
          break;
        case URDF_GEOM_SPHERE:
          out.dimensions = {geometry.m_sphereRadius, 0, 0};
          out.visual.mesh = UnitSphere();
          out.visual.scale =
              Scale(geometry.m_sphereRadius, geometry.m_sphereRadius, geometry.m_sphereRadius);
          break;
        case URDF_GEOM_MESH:
          out.dimensions = FromBullet(geometry.m_meshScale);
          out.visual.mesh = LoadObj(geometry.m_meshFileName);
          out.visual.scale = Scale(out.dimensions.x, out.dimensions.y, out.dimensions.z);
          break;
        default:
          throw UserError(path + ": link '" + link.m_name + "' has a visual that is no box, " +
                          "cylinder, capsule, sphere or mesh");
      }
      const UrdfMaterial* material = &geometry.m_localMaterial;
      if (!geometry.m_hasLocalMaterial) {
        UrdfMaterial* const* named = model.m_materials[btHashString(shape.m_materialName.c_str())];
        material = named != nullptr ? *named : nullptr;
      }
      if (material != nullptr) {
        const btVector4& rgba = material->m_matColor.m_rgbaColor;
        out.visual.material.rgb = Scale(rgba.x(), rgba.y(), rgba.z());
      }
      visuals_.push_back(std::move(out));
    }
  };
  read(kBaseLink, importer_->getRootLinkIndex());
  for (size_t i = 0; i < links_.size(); ++i) read(static_cast<int>(i), urdf_index_[i]);
}

}  // namespace rookery
