#include "platform/switch.h"

#include <cmath>

namespace mops::platform {
namespace {

/// A version asked through the gateway, as clients do.
class Asked {
 public:
  static Result<Asked> make(const PlatformWorld& world, const StageState& stage, const std::string& model, const StoredVersion& version) {
    MOPS_ASSIGN(tensor::Dataset dataset, certified_dataset(world.files, version));
    const net::Address& address = stage.gateway->address();
    const std::string host = address.host == "0.0.0.0" ? "127.0.0.1" : address.host;
    return Asked(world, {.host = host, .port = address.port}, model, version, std::move(dataset));
  }

  /// Milliseconds from `begin` to the first answer. Errors: as certify::verify_answers, of any of the certified rows.
  Result<double> verify(SteadyTime begin, const std::stop_token& stop) {
    certify::ModelClient client(world_.transport, endpoint_, model_, version_.manifest.interface);
    evidence::CertifiedAnswers first = version_.certificate.answers;
    first.rows.resize(std::min<size_t>(first.rows.size(), 1));
    MOPS_TRY(certify::verify_answers(client, dataset_, first, stop));
    const double took = std::chrono::duration<double, std::milli>(world_.clock.steady() - begin).count();
    MOPS_TRY(certify::verify_answers(client, dataset_, version_.certificate.answers, stop));
    return std::round(took * 1000) / 1000;
  }

 private:
  Asked(const PlatformWorld& world, target::Endpoint endpoint, std::string model, const StoredVersion& version, tensor::Dataset dataset)
      : world_(world), endpoint_(std::move(endpoint)), model_(std::move(model)), version_(version), dataset_(std::move(dataset)) {}

  const PlatformWorld& world_;
  target::Endpoint endpoint_;
  std::string model_;
  const StoredVersion& version_;
  tensor::Dataset dataset_;
};

}  // namespace

Result<JournalRecord> Switch::rehearse(const Peer& peer, SystemTime requested) {
  MOPS_TRY(choose());
  MOPS_TRY(keep());
  const VersionLabel primary = *history().primary;
  const auto warm = find_warm();
  if (!warm)
    return fail(ErrorCode::refused, fmt::format("the way back is not there: {} stands by, and is not ready", shown(request_.model, to_)),
                "`mops status` says what is in its way; until then a rollback has to start it first");
  instance_ = *warm;
  MOPS_ASSIGN(const StoredVersion serving, parts_.open(primary.payload));
  MOPS_ASSIGN(Asked standby, Asked::make(parts_.world, stage_, request_.model, *version_));
  MOPS_ASSIGN(Asked back, Asked::make(parts_.world, stage_, request_.model, serving));

  Clock& clock = parts_.world.clock;
  DrillTimes times;
  report_(fmt::format("all requests to {}", shown(request_.model, to_)));
  SteadyTime begin = clock.steady();
  give_share(100);
  const auto there = standby.verify(begin, token_);
  report_(fmt::format("all requests back to {}", shown(request_.model, primary)));
  begin = clock.steady();
  give_share({});
  if (!there) {
    Error error = there.error();
    if (error.code == ErrorCode::interrupted) return fail(std::move(error));
    error.message = fmt::format("the way back does not work: {}: {}", shown(request_.model, to_), error.message);
    return fail(std::move(error));
  }
  times.there_ms = *there;
  MOPS_ASSIGN(times.back_ms, back.verify(begin, token_));

  const std::lock_guard lock(parts_.mutex);
  JournalRecord record = make_record(peer, requested, primary);
  record.to = primary;
  record.certificate = serving.certificate_digest;
  record.drill = times;
  std::vector<JournalRecord> journal;
  {
    const std::lock_guard state_lock(parts_.state_mutex);
    MOPS_ASSIGN(record, parts_.state.append(std::move(record)));
    MOPS_ASSIGN(journal, parts_.state.journal(request_.model, stage_.stage.name));
  }
  stage_.models[request_.model].history = fold(journal);
  parts_.publish();
  return record;
}

}  // namespace mops::platform
