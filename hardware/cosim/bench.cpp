// Streams the words of an input into `sw_watched` and writes what it sends: hardware/cosim/verilator.py says how.
//
//   sw_watched STREAM EVENTS ANSWERS SAMPLES LIMIT IDLE
//
// STREAM holds 64-bit words. EVENTS gets three of them for each event: slot, cycle, word. ANSWERS gets, for each block of potentials,
// the cycle in 64 bits and the words of the port. The last line says END or LONG and the number of cycles.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "Vsw_watched.h"
#include "verilated.h"

namespace {

std::vector<uint64_t> read_words(const char* path) {
  std::FILE* file = std::fopen(path, "rb");
  std::fseek(file, 0, SEEK_END);
  std::vector<uint64_t> words(std::ftell(file) / sizeof(uint64_t));
  std::rewind(file);
  if (std::fread(words.data(), sizeof(uint64_t), words.size(), file) != words.size()) std::exit(3);
  std::fclose(file);
  return words;
}

void put(std::FILE* file, uint64_t word) { std::fwrite(&word, sizeof word, 1, file); }

template <std::size_t N>
bool any(const VlWide<N>& bits) {
  uint32_t all = 0;
  for (std::size_t n = 0; n < N; ++n) all |= bits[n];
  return all != 0;
}

template <std::size_t N, std::size_t M>
void put_events(std::FILE* file, uint64_t cycle, const VlWide<N>& moved, const VlWide<M>& events) {
  for (std::size_t n = 0; n < N; ++n)
    for (uint32_t left = moved[n]; left != 0; left &= left - 1) {
      const std::size_t slot = 32 * n + __builtin_ctz(left);
      put(file, slot);
      put(file, cycle);
      put(file, events[2 * slot] | static_cast<uint64_t>(events[2 * slot + 1]) << 32);
    }
}

template <std::size_t N>
void put_answer(std::FILE* file, uint64_t cycle, const VlWide<N>& words) {
  put(file, cycle);
  std::fwrite(&words[0], sizeof(uint32_t), N, file);
}

}  // namespace

int main(int count, char** given) {
  if (count != 7) return 2;
  VerilatedContext context;
  Vsw_watched core{&context};
  const std::vector<uint64_t> words = read_words(given[1]);
  std::FILE* const events = std::fopen(given[2], "wb");
  std::FILE* const answers = std::fopen(given[3], "wb");
  const uint64_t samples = std::strtoull(given[4], nullptr, 10), limit = std::strtoull(given[5], nullptr, 10);
  const uint64_t idle = std::strtoull(given[6], nullptr, 10);
  uint64_t cycle = 0, quiet = 0, ends = 0;
  std::size_t at = 0;

  core.rst = 1;
  for (int n = 0; n < 4; ++n) {
    core.clk = 1;
    core.eval();
    core.clk = 0;
    core.eval();
  }
  core.rst = 0;
  core.in_valid = !words.empty();
  core.in_word = words.empty() ? 0 : words[0];
  core.eval();
  while ((ends < samples || quiet < idle) && cycle < limit) {
    const bool moves = any(core.moved);
    if (moves) put_events(events, cycle, core.moved, core.events);
    if (core.read) put_answer(answers, cycle, core.words);
    quiet = moves || core.read || core.finished ? 0 : quiet + 1;
    ends += core.finished;
    if (at < words.size() && core.in_ready) ++at;
    ++cycle;
    core.clk = 1;
    core.eval();
    core.clk = 0;
    core.in_valid = at < words.size();
    core.in_word = at < words.size() ? words[at] : 0;
    core.eval();
  }
  core.final();
  std::fclose(events);
  std::fclose(answers);
  std::printf("%s %llu\n", ends < samples || quiet < idle ? "LONG" : "END", static_cast<unsigned long long>(cycle));
  return 0;
}
