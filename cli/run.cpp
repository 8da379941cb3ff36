#include "cli/run.h"

#include "cli/parser.h"
#include "http/verbose.h"

#include <new>

namespace mops::cli {

std::string describe(const Error& error, const Console& console) {
  const bool stopped = error.code == ErrorCode::interrupted;
  std::string text = fmt::format("{}: {}\n", console.paint_err(stopped ? Colour::yellow : Colour::red, stopped ? "stopped" : "error"), error.message);
  for (const std::string& cause : error.causes) text += fmt::format("  because: {}\n", cause);
  if (!error.help.empty()) text += fmt::format("{}: {}\n", console.paint_err(Colour::cyan, "help"), error.help);
  return text;
}

namespace {

/// Memory is what a file of the user's can use up anywhere; the standard library only throws.
Result<ExitCode> run_within_memory(Command& command, Env& env) {
  try {
    return command.run(env);
  } catch (const std::bad_alloc&) {
    return fail(ErrorCode::outside, "there is not enough memory for this", "a file is larger than this machine can take, or other programs use its memory");
  }
}

}  // namespace

ExitCode run(std::span<const std::string> arguments, Env& env) {
  const auto commands = make_commands();
  const auto selection = parse_arguments(arguments, commands);
  if (!selection) {
    env.console.err(describe(selection.error(), env.console));
    return exit_code_of(selection.error().code);
  }
  if (!selection->print.empty()) {
    env.console.out(selection->print);
    return ExitCode::done;
  }
  if (selection->colours != "auto") env.console.use_colours(selection->colours == "always" ? Colours::always : Colours::never);
  http::VerboseTransport verbose(env.transport, env.clock, [&](std::string_view line) { env.console.err(fmt::format("{}\n", line)); });
  Env told{.files = env.files,
           .clock = env.clock,
           .random = env.random,
           .transport = selection->verbose ? static_cast<http::Transport&>(verbose) : env.transport,
           .console = env.console,
           .variables = env.variables,
           .folder = env.folder,
           .stop = env.stop};
  auto code = run_within_memory(*selection->command, told);
  if (code) return *code;
  env.console.err(describe(code.error(), env.console));
  return exit_code_of(code.error().code);
}

}  // namespace mops::cli
