#include "gui/simulation.h"

#include <algorithm>
#include <utility>

#include "gui/simulation_worker.h"

namespace rookery::gui {

Simulation::Simulation(const SimulationOptions& options)
    : worker_(std::make_unique<Worker>(options)) {}

Simulation::~Simulation() = default;

void Simulation::Open(const Cast& cast, uint64_t seed, const ArrayMap& reset_options) {
  Worker* w = worker_.get();
  const auto open = [w, cast, seed, options = reset_options.Clone()] {
    w->next_agent.reset();
    w->Try([&] {
      w->stage().Open(cast, seed, options);
      w->Opened();
    });
  };
  w->Ask(open, Worker::Kind::kAnew);
}

void Simulation::OpenEpisode(std::shared_ptr<const Episode> episode) {
  Worker* w = worker_.get();
  const auto open = [w, episode = std::move(episode)] {
    w->next_agent.reset();
    w->Try([&] {
      w->stage().OpenEpisode(episode);
      w->Opened();
    });
  };
  w->Ask(open, Worker::Kind::kAnew);
}

void Simulation::SetAgent(const Cast& cast) {
  Worker* w = worker_.get();
  w->Ask([=] {
    w->next_agent.reset();
    w->Try([&] {
      if (w->stage().is_open()) w->stage().SetAgent(cast);
    });
  });
}

void Simulation::SetNextAgent(const Cast& cast) {
  Worker* w = worker_.get();
  w->Ask([=] { w->next_agent = cast; }, Worker::Kind::kAnytime);
}

void Simulation::Play() { worker_->SetPlaying(true); }

void Simulation::Pause() { worker_->SetPlaying(false); }

void Simulation::StepForward() { worker_->StepOnce(); }

void Simulation::StepBack() {
  worker_->SetPlaying(false);
  Worker* w = worker_.get();
  w->Ask([w] {
    w->Try([&] {
      if (w->stage().is_open()) w->Seek(w->stage().step() - 1);
    });
  });
}

void Simulation::Seek(int64_t step) {
  worker_->SetPlaying(false);
  Worker* w = worker_.get();
  const auto seek = [=] {
    w->Try([&] {
      if (w->stage().is_open()) w->Seek(step);
    });
  };
  w->Ask(seek, Worker::Kind::kSeek);
}

void Simulation::Reset(uint64_t seed) {
  Worker* w = worker_.get();
  const auto reset = [=] {
    w->Try([&] {
      if (w->stage().is_open()) w->Restart(seed);
    });
  };
  w->Ask(reset, Worker::Kind::kAnew);
}

void Simulation::SetSpeed(double speed) {
  worker_->SetSpeed(speed <= 0 ? 0 : std::clamp(speed, 1.0 / 64, 64.0));
}

void Simulation::SetGoOn(bool go_on) {
  Worker* w = worker_.get();
  w->Ask([=] { w->go_on = go_on; }, Worker::Kind::kAnytime);
}

void Simulation::Decide(const ArrayMap& action) {
  Worker* w = worker_.get();
  w->Ask([w, action = action.Clone()] {
    if (!w->stage().is_open() || w->stage().cast().agent != kPersonName) return;
    w->stage().ForgetFuture();
    w->person().Decide(action);
  });
}

void Simulation::Hold(const std::optional<ArrayMap>& action) {
  Worker* w = worker_.get();
  if (!action) {
    w->Ask([w] { w->person().Hold(std::nullopt); }, Worker::Kind::kAnytime);
    return;
  }
  // At once, as a command would set the clock anew at every change of a key.
  const bool first = w->person().Hold(action->Clone());
  const auto now = w->Now();
  if (!first && now->step + 1 >= now->known) return;  // within a step, its action is known
  w->Ask([w] {
    if (w->stage().is_open() && w->stage().cast().agent == kPersonName) w->stage().ForgetFuture();
  });
}

void Simulation::Pull(const std::optional<ScenePull>& pull) { worker_->SetPull(pull); }

void Simulation::MoveBody(int body, const Pose& X_WB) {
  Worker* w = worker_.get();
  w->Ask([=] {
    w->Try([&] {
      if (w->stage().is_open() && w->stage().env().MoveBody(body, X_WB)) w->Touch();
    });
  });
}

void Simulation::AskDraft(std::function<void(EpisodeDraft)> answer) {
  Worker* w = worker_.get();
  const auto tell = [w, answer = std::move(answer)] {
    if (w->stage().is_open()) answer(w->stage().Draft());
  };
  w->Ask(tell, Worker::Kind::kAnytime);
}

void Simulation::SetOnEnd(std::function<void(EpisodeDraft)> on_end) {
  Worker* w = worker_.get();
  w->Ask([w, on_end = std::move(on_end)] { w->on_end = on_end; }, Worker::Kind::kAnytime);
}

std::shared_ptr<const Snapshot> Simulation::Now() const { return worker_->Now(); }

double Simulation::speed() const { return worker_->speed(); }

const Series& Simulation::series() const { return worker_->series(); }

bool Simulation::Idle() const { return worker_->Idle(); }

}  // namespace rookery::gui
