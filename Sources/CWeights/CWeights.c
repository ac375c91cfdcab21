#include "CWeights.h"

#include <string.h>
#include <sys/mman.h>

#pragma STDC FP_CONTRACT OFF

// Where the processor has wider registers they are used; the results are the same.
#if defined(__x86_64__) && defined(__GLIBC__)
#define WIDE __attribute__((target_clones("avx2", "default")))
#else
#define WIDE
#endif

// How many look-ups ahead their cache lines are asked for.
enum { kAhead = 12 };

// 256 rows of eight bits fit into sixteen.
enum { kBlock = 256 };

typedef int8_t bytes16 __attribute__((vector_size(16)));
typedef int16_t words16 __attribute__((vector_size(32)));
typedef int32_t ints16 __attribute__((vector_size(64)));
typedef float floats16 __attribute__((vector_size(64)));
typedef double doubles16 __attribute__((vector_size(128)));

// The lowest and the highest bit of each of three fingerprints.
#define ONES (1 | 1ull << WEERBAAR_FINGERPRINT_BITS | 1ull << 2 * WEERBAAR_FINGERPRINT_BITS)
static const uint64_t kOnes = ONES;
static const uint64_t kTops = ONES << (WEERBAAR_FINGERPRINT_BITS - 1);

static inline size_t line_of(uint32_t buckets, uint64_t hash) {
  return (size_t)weerbaar_bucket(hash, buckets) * WEERBAAR_BUCKET;
}

WIDE void weerbaar_sum_rows(
  const uint8_t *restrict table, uint32_t buckets, const uint64_t *restrict hashes, size_t count,
  int32_t *restrict places, int32_t *restrict sum) {
  size_t ahead = 0;
  for (; ahead < count && ahead < kAhead; ahead++) __builtin_prefetch(table + line_of(buckets, hashes[ahead]));
  size_t index = 0;
  while (index < count) {
    size_t end = count - index < kBlock ? count : index + kBlock;
    words16 block = {0};
    for (; index < end; index++) {
      if (ahead < count) __builtin_prefetch(table + line_of(buckets, hashes[ahead++]));
      size_t line = line_of(buckets, hashes[index]);
      uint64_t fingerprints;
      memcpy(&fingerprints, table + line + WEERBAAR_FINGERPRINTS, 8);
      // The lowest of the three fields that is zero, after those that are alike became zero.
      uint64_t other = fingerprints ^ (kOnes * weerbaar_fingerprint(hashes[index]));
      uint64_t found = (other - kOnes) & ~other & kTops;
      // No branch: whether a feature has a row is as good as chance.
      uint32_t slot = (uint32_t)__builtin_ctzll(found | (1ull << 63)) / WEERBAAR_FINGERPRINT_BITS;
      int32_t place = (int32_t)((uint32_t)line + slot * WEERBAAR_LANES);
      place = found ? place : WEERBAAR_NOTHING;
      bytes16 row;
      memcpy(&row, table + (ptrdiff_t)place, 16);
      block += __builtin_convertvector(row, words16);
      places[index] = place;
    }
    ints16 total;
    memcpy(&total, sum, 64);
    total += __builtin_convertvector(block, ints16);
    memcpy(sum, &total, 64);
  }
}

WIDE void weerbaar_attribute(
  const uint8_t *table, const int32_t *places, const uint64_t *spans, size_t count, uint32_t reach, int32_t *sums) {
  for (size_t index = 0; index < count; index++) {
    uint32_t first = (uint32_t)(spans[index] >> 32);
    uint32_t last = (uint32_t)spans[index];
    if (places[index] == WEERBAAR_NOTHING || first == UINT32_MAX || last - first > reach) continue;
    bytes16 row;
    memcpy(&row, table + places[index], 16);
    ints16 wide = __builtin_convertvector(row, ints16);
    ints16 total;
    memcpy(&total, sums + (size_t)first * 16, 64);
    total += wide;
    memcpy(sums + (size_t)first * 16, &total, 64);
    memcpy(&total, sums + (size_t)last * 16, 64);
    total += wide;
    memcpy(sums + (size_t)last * 16, &total, 64);
  }
}

WIDE void weerbaar_add_words(int32_t *sum, const int16_t *words, int shift) {
  words16 narrow;
  ints16 total;
  memcpy(&narrow, words, 32);
  memcpy(&total, sum, 64);
  total += __builtin_convertvector(narrow, ints16) * (1 << shift);
  memcpy(sum, &total, 64);
}

WIDE void weerbaar_scale(const int32_t *sum, const float *steps, float norm, float *out) {
  ints16 whole;
  floats16 scale;
  memcpy(&whole, sum, 64);
  memcpy(&scale, steps, 64);
  scale = __builtin_convertvector(whole, floats16) * (scale * norm);
  memcpy(out, &scale, 64);
}

// The argument is split in a whole power of two and a rest of at most ln 2 / 2, for which a Taylor polynomial of degree 6
// is exact to the precision of a float.
static inline __attribute__((always_inline)) void exp16(floats16 *value) {
  floats16 x = *value;
  floats16 low = {0}, high = {0};
  low -= 87;
  high += 87;
  ints16 under = x < low, over = x > high;
  x = (floats16)(((ints16)x & ~(under | over)) | ((ints16)low & under) | ((ints16)high & over));
  // Adding and taking off 1.5 × 2^23 rounds to the nearest whole number, to even.
  floats16 power = (x * 1.44269504f + 12582912.0f) - 12582912.0f;
  floats16 rest = (x - power * 0.693359375f) + power * 2.1219444e-4f;
  floats16 sum = rest * 1.3888889e-3f + 8.3333333e-3f;
  sum = sum * rest + 4.1666668e-2f;
  sum = sum * rest + 1.6666667e-1f;
  sum = sum * rest + 0.5f;
  sum = sum * rest + 1;
  sum = sum * rest + 1;
  ints16 scale = (__builtin_convertvector(power, ints16) + 127) << 23;
  *value = sum * (floats16)scale;
}

WIDE void weerbaar_exp(const float *x, float *out) {
  floats16 value;
  memcpy(&value, x, 64);
  exp16(&value);
  memcpy(out, &value, 64);
}

WIDE void weerbaar_probabilities(const float *scores, const double *slopes, const double *offsets, float *out) {
  floats16 score;
  doubles16 slope, offset;
  memcpy(&score, scores, 64);
  memcpy(&slope, slopes, 128);
  memcpy(&offset, offsets, 128);
  doubles16 log_odds = __builtin_convertvector(score, doubles16) * slope + offset;
  floats16 odds = -__builtin_convertvector(log_odds, floats16);
  exp16(&odds);
  odds = 1 / (1 + odds);
  memcpy(out, &odds, 64);
}

typedef float floats32 __attribute__((vector_size(128)));
typedef int32_t ints32 __attribute__((vector_size(128)));
typedef float floats8 __attribute__((vector_size(32)));
typedef float floats4 __attribute__((vector_size(16)));

static inline __attribute__((always_inline)) float sum16(const floats16 *value) {
  floats8 eight = __builtin_shufflevector(*value, *value, 0, 1, 2, 3, 4, 5, 6, 7) +
                  __builtin_shufflevector(*value, *value, 8, 9, 10, 11, 12, 13, 14, 15);
  floats4 four = __builtin_shufflevector(eight, eight, 0, 1, 2, 3) + __builtin_shufflevector(eight, eight, 4, 5, 6, 7);
  return (four[0] + four[2]) + (four[1] + four[3]);
}

WIDE void weerbaar_network(
  const float *input, const float *hidden, const float *output, float *activations, float *out) {
  for (int first = 0; first < WEERBAAR_UNITS; first += 32) {
    floats32 units, row;
    memcpy(&units, hidden + 16 * WEERBAAR_UNITS + first, sizeof units);
    for (int lane = 0; lane < 16; lane++) {
      memcpy(&row, hidden + lane * WEERBAAR_UNITS + first, sizeof row);
      units += row * input[lane];
    }
    units = (floats32)((ints32)units & (units > 0));
    memcpy(activations + first, &units, sizeof units);
  }
  // Two sums, so that one addition does not wait for the other.
  floats16 even, odd = {0}, weights;
  memcpy(&even, output + WEERBAAR_UNITS * 16, sizeof even);
  for (int unit = 0; unit < WEERBAAR_UNITS; unit += 2) {
    memcpy(&weights, output + unit * 16, sizeof weights);
    even += weights * activations[unit];
    memcpy(&weights, output + unit * 16 + 16, sizeof weights);
    odd += weights * activations[unit + 1];
  }
  even += odd;
  memcpy(out, &even, sizeof even);
}

WIDE void weerbaar_network_gradient(
  const float *input, const float *activations, const float *error, const float *output, float *hidden_gradient,
  float *output_gradient) {
  floats16 errors, weights, sum;
  memcpy(&errors, error, sizeof errors);
  float back[WEERBAAR_UNITS];
  for (int unit = 0; unit < WEERBAAR_UNITS; unit++) {
    back[unit] = 0;
    if (activations[unit] == 0) continue;
    memcpy(&weights, output + unit * 16, sizeof weights);
    weights *= errors;
    back[unit] = sum16(&weights);
    memcpy(&sum, output_gradient + unit * 16, sizeof sum);
    sum += errors * activations[unit];
    memcpy(output_gradient + unit * 16, &sum, sizeof sum);
  }
  memcpy(&sum, output_gradient + WEERBAAR_UNITS * 16, sizeof sum);
  sum += errors;
  memcpy(output_gradient + WEERBAAR_UNITS * 16, &sum, sizeof sum);
  for (int lane = 0; lane <= 16; lane++) {
    float factor = lane < 16 ? input[lane] : 1;
    for (int first = 0; first < WEERBAAR_UNITS; first += 32) {
      floats32 row, slopes;
      memcpy(&row, hidden_gradient + lane * WEERBAAR_UNITS + first, sizeof row);
      memcpy(&slopes, back + first, sizeof slopes);
      row += slopes * factor;
      memcpy(hidden_gradient + lane * WEERBAAR_UNITS + first, &row, sizeof row);
    }
  }
}

void weerbaar_large_pages(void *start, size_t size) {
#ifdef MADV_HUGEPAGE
  const uintptr_t page = 2 << 20;
  uintptr_t first = ((uintptr_t)start + page - 1) & ~(page - 1);
  uintptr_t end = ((uintptr_t)start + size) & ~(page - 1);
  if (first < end) madvise((void *)first, end - first, MADV_HUGEPAGE);
#endif
}

void *weerbaar_zeros(size_t size) {
  void *zeros = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return zeros == MAP_FAILED ? NULL : zeros;
}

void weerbaar_release(void *zeros, size_t size) { munmap(zeros, size); }
