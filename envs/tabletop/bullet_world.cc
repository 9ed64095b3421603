#include <Bullet3Common/b3Logging.h>

#include <cctype>
#include <mutex>
#include <string>

#include "core/log.h"
#include "core/run_folder.h"
#include "envs/tabletop/bullet_world_impl.h"

namespace rookery {
namespace {

[[maybe_unused]] const bool kVersion =
    RegisterEngineVersion("bullet", "pybullet 3.2.7 (" + std::to_string(BT_BULLET_VERSION) + ")");

// Passes Bullet's message on, without its lines of file names.
void LogBullet(const char* message) {
  std::string text = message;
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back()))) text.pop_back();
  if (text.empty() || text.rfind("b3Warning[", 0) == 0 || text.rfind("b3Error[", 0) == 0) return;
  LogWarning("bullet: " + text);
}

// Pools that suit scenes of tens of bodies; Bullet allocates more when they are used up.
btDefaultCollisionConstructionInfo PoolSizes() {
  btDefaultCollisionConstructionInfo info;
  info.m_defaultMaxPersistentManifoldPoolSize = 256;
  info.m_defaultMaxCollisionAlgorithmPoolSize = 512;
  return info;
}

// Process-wide settings of Bullet, made once: no text on stdout, exact bounding boxes.
void SetUpBullet() {
  static std::once_flag once;
  std::call_once(once, [] {
    b3SetCustomPrintfFunc([](const char*) {});
    b3SetCustomWarningMessageFunc(LogBullet);
    b3SetCustomErrorMessageFunc(LogBullet);
    gDbvtMargin = 0;
  });
}

}  // namespace

BulletWorld::BulletWorld(double erp, int solver_iterations)
    : configuration_(PoolSizes()),
      dispatcher_(&configuration_),
      broadphase_(&pairs_),
      world_(&dispatcher_, &broadphase_, &solver_, &configuration_) {
  SetUpBullet();
  // As PyBullet's createEmptyDynamicsWorld.
  pairs_.setOverlapFilterCallback(&filter_);
  broadphase_.setVelocityPrediction(0);
  world_.setForceUpdateAllAabbs(false);
  world_.setGravity({0, 0, -9.8});
  btContactSolverInfo& solver = world_.getSolverInfo();
  solver.m_erp2 = erp;
  solver.m_frictionERP = 0.2;
  solver.m_linearSlop = 0.00001;
  solver.m_numIterations = solver_iterations;
  solver.m_minimumSolverBatchSize = 0;
  solver.m_warmstartingFactor = 0.1;
  solver.m_leastSquaresResidualThreshold = 1e-7;
}

void BulletWorld::UpdateTransforms(btMultiBody* body) {
  body->forwardKinematics(scratch_q_, scratch_v_);
  body->updateCollisionObjectWorldTransforms(scratch_q_, scratch_v_);
}

void BulletWorld::ResetEngine() {
  broadphase_.resetPool(&dispatcher_);
  solver_.reset();
}

}  // namespace rookery
