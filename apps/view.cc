// rookery view: the viewer, or one line saying why there is none and what to run instead.
#include <filesystem>
#include <memory>

#include "apps/command.h"
#include "apps/settings.h"
#include "core/error.h"
#include "core/interrupt.h"
#include "core/registry.h"
#ifdef ROOKERY_WITH_GUI
#include "gui/viewer.h"
#include "gui/window.h"
#endif

namespace rookery {
namespace {

struct ViewOptions {
  std::string env, agent, checkpoint, replay, run, seed = "1", screenshot;
  SettingsOptions settings;
  bool play = false;
  double speed = 1, scale = 0;
  int width = 1280, height = 800;
};

// What does without a display what the viewer was asked to do.
std::string Instead(const ViewOptions& options) {
  if (!options.replay.empty()) return "rookery replay " + options.replay;
  if (!options.run.empty()) return "rookery train, which writes report.html into " + options.run;
  if (options.env.empty()) return "rookery list";
  std::string text = "rookery eval " + options.env;
  if (!options.checkpoint.empty()) return text + " --checkpoint " + options.checkpoint;
  const bool named = !options.agent.empty() && options.agent != "person";
  const bool oracle = FindEnv(options.env).oracle_success > 0;
  return text + " --agent " +
         (named    ? options.agent
          : oracle ? "oracle"
                   : "random") +
         " --episodes 10";
}

#ifdef ROOKERY_WITH_GUI
int View(const ViewOptions& options) {
  gui::ViewerOptions viewer{.replay = options.replay,
                            .run = options.run,
                            .seed = ParseSeed(options.seed),
                            .play = options.play,
                            .speed = options.speed,
                            .scale = options.scale,
                            .width = options.width,
                            .height = options.height,
                            .program = std::filesystem::read_symlink("/proc/self/exe").string(),
                            .screenshot = options.screenshot};
  if (!options.agent.empty() && !options.checkpoint.empty()) {
    throw UserError("view takes either --agent NAME or --checkpoint FILE");
  }
  if (options.env.empty() && !(options.agent + options.checkpoint).empty()) {
    throw UserError(
        "view needs an environment for the agent to play in: rookery view ENV --agent " +
        (options.agent.empty() ? "NAME" : options.agent));
  }
  if (!options.env.empty()) {
    // What does not fit is said before a window opens.
    const EnvEntry& env = FindEnv(options.env);
    const bool person = options.agent == gui::kPersonName;
    const AgentEntry* agent = options.agent.empty() || person ? nullptr : &FindAgent(options.agent);
    const SplitSettings settings = Split(options.settings, env, agent);
    gui::Cast cast{.env = env.id,
                   .env_settings = settings.env,
                   .agent_settings = settings.agent,
                   .checkpoint = options.checkpoint};
    if (!options.agent.empty()) {
      cast.agent = person ? gui::kPersonName : agent->name;
    } else if (env.oracle_success > 0) {
      cast.agent = "oracle";
    }
    gui::Cast tried = cast;
    const std::unique_ptr<Env> made = gui::MakeCastEnv(&tried);
    gui::MakeCastAgent(&tried, made->spec());
    viewer.cast = cast;
  }
  gui::CheckViewerFiles(viewer);
  try {
    gui::RunViewer(viewer);
  } catch (const gui::NoDisplay& failure) {
    throw Failure(std::string(failure.what()) + "; without the viewer: " + Instead(options));
  }
  return 0;
}
#else
int View(const ViewOptions& options) {
  throw Failure("this rookery was built without the viewer (ROOKERY_GUI); without it: " +
                Instead(options));
}
#endif

ROOKERY_REGISTER_COMMAND(
    View,
    {.name = "view",
     .summary = "Watch, drive, record and understand environments and agents in a window",
     .order = 15,
     .example = "rookery view Ravens/BlockInsertion-v0 --agent oracle --play",
     .setup = [](CLI::App* app) {
       auto options = std::make_shared<ViewOptions>();
       app->add_option("env", options->env, "environment to open (default: the last one)");
       app->add_option("--agent", options->agent,
                       "who plays: an agent, or person (default: the oracle where there is one)");
       app->add_option("--checkpoint", options->checkpoint,
                       "trained agent: a checkpoint file or the folder of a run");
       app->add_option("--replay", options->replay, "recorded episode, or a folder of them");
       app->add_option("--run", options->run, "training run to watch");
       app->add_option("--seed", options->seed, "seed of the first episode")->capture_default_str();
       app->add_flag("--play", options->play, "play at once");
       app->add_option("--speed", options->speed,
                       "simulated seconds a second; 0 = as fast as possible")
           ->check(CLI::Range(0.0, 64.0))
           ->capture_default_str();
       app->add_option("--scale", options->scale,
                       "size of letters and widgets (default: the display's)")
           ->check(CLI::Range(0.5, 4.0));
       app->add_option("--width", options->width, "of the window")
           ->check(CLI::Range(480, 16384))
           ->capture_default_str();
       app->add_option("--height", options->height, "of the window")
           ->check(CLI::Range(320, 16384))
           ->capture_default_str();
       app->add_option("--screenshot", options->screenshot,
                       "PNG of the window, written when it is closed");
       AddSettingsOptions(app, &options->settings, "environment or agent");
       return [options](Output*) { return View(*options); };
     }});

}  // namespace
}  // namespace rookery
