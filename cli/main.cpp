#include "base/real_file_system.h"
#include "cli/run.h"
#include "cli/signals.h"
#include "http/curl_transport.h"

int main(int argc, char** argv) {
  using namespace mops;
  const cli::Signals signals;
  RealFileSystem files;
  RealClock clock;
  RealRandom random;
  http::CurlTransport transport;
  const Variables variables = Variables::of_this_process();
  cli::TerminalConsole console(variables);
  cli::Env env{.files = files,
               .clock = clock,
               .random = random,
               .transport = transport,
               .console = console,
               .variables = variables,
               .folder = std::filesystem::current_path(),
               .stop = signals.stop_token()};
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  return static_cast<int>(cli::run(arguments, env));
}
