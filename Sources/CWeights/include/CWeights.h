#ifndef CWEIGHTS_H
#define CWEIGHTS_H

#include <stddef.h>
#include <stdint.h>

// The arithmetic of scoring on sixteen lanes at once. What is whole stays whole, and floating-point operations are done
// in one order without contraction, so that results are the same on every machine.

/// Bytes of a bucket: one cache line. Three rows of sixteen weights, then a word with three fingerprints of 21 bits, the
/// first row's lowest; the last eight bytes are zero.
#define WEERBAAR_BUCKET 64
#define WEERBAAR_ROWS 3
#define WEERBAAR_LANES 16
#define WEERBAAR_FINGERPRINTS 48
#define WEERBAAR_FINGERPRINT_BITS 21

/// The bucket of a feature's hash, and its fingerprint, never 0.
static inline uint32_t weerbaar_bucket(uint64_t hash, uint32_t buckets) {
  return (uint32_t)(((hash >> 32) * buckets) >> 32);
}

static inline uint64_t weerbaar_fingerprint(uint64_t hash) {
  uint64_t low = hash & ((1u << WEERBAAR_FINGERPRINT_BITS) - 1);
  return low ? low : 1;
}

/// Where sixteen bytes of zeros stand, from the table's start: in the header before it.
#define WEERBAAR_NOTHING (-160)

/// Adds the rows of `count` features to `sum`. `places` gets for each feature where its row stands in the table,
/// `WEERBAAR_NOTHING` where it has none. `table` starts at a multiple of 64.
void weerbaar_sum_rows(
  const uint8_t *_Nonnull table, uint32_t buckets, const uint64_t *_Nonnull hashes, size_t count,
  int32_t *_Nonnull places, int32_t *_Nonnull sum);

/// Adds the rows that features were found to have to the sums of the first and last unit that each comes from: spans hold
/// the first in the high half and the last in the low half, all ones where it comes from none. Features that come from
/// more than `reach` units apart are left out.
void weerbaar_attribute(
  const uint8_t *_Nonnull table, const int32_t *_Nonnull places, const uint64_t *_Nonnull spans, size_t count,
  uint32_t reach, int32_t *_Nonnull sums);

/// `sum` += 16-bit whole numbers, times 1 << `shift`.
void weerbaar_add_words(int32_t *_Nonnull sum, const int16_t *_Nonnull words, int shift);

/// `out` = `sum` × (`steps` × `norm`).
void weerbaar_scale(const int32_t *_Nonnull sum, const float *_Nonnull steps, float norm, float *_Nonnull out);

/// e to the power of each lane, within 2e-7 relative; beyond ±87 clamped.
void weerbaar_exp(const float *_Nonnull x, float *_Nonnull out);

/// The logistic function of slope × score + offset, in double precision up to the function.
void weerbaar_probabilities(
  const float *_Nonnull scores, const double *_Nonnull slopes, const double *_Nonnull offsets, float *_Nonnull out);

/// Units of the hidden layer of the network that joins sixteen scores; a multiple of 32.
#define WEERBAAR_UNITS 256

/// The network's hidden layer and its answers: `activations` = the positive part of the rows of `hidden` weighed with
/// `input`, `out` = the rows of `output` weighed with those. The last row of each is added as it is.
void weerbaar_network(
  const float *_Nonnull input, const float *_Nonnull hidden, const float *_Nonnull output, float *_Nonnull activations,
  float *_Nonnull out);

/// Adds to the gradients of both layers what one text with these activations brings, `error` being the derivative of its
/// loss by the answers.
void weerbaar_network_gradient(
  const float *_Nonnull input, const float *_Nonnull activations, const float *_Nonnull error,
  const float *_Nonnull output, float *_Nonnull hidden_gradient, float *_Nonnull output_gradient);

/// Asks for the cache lines of `size` bytes.
static inline __attribute__((always_inline)) void weerbaar_prefetch(const void *_Nonnull place, size_t size) {
  for (size_t offset = 0; offset < size; offset += 64) __builtin_prefetch((const char *)place + offset);
}

/// Asks for one cache line that is needed some thousand instructions later.
static inline __attribute__((always_inline)) void weerbaar_prefetch_far(const void *_Nonnull place) {
  __builtin_prefetch(place, 0, 2);
}

/// Asks for large pages for memory that was not touched yet, so that finding a place in it seldom needs the page table.
/// Where the system has none, nothing changes.
void weerbaar_large_pages(void *_Nonnull start, size_t size);

/// `size` bytes of zeros from the system, null where there is no memory. They are given
/// back with `weerbaar_release`.
void *_Nullable weerbaar_zeros(size_t size);
void weerbaar_release(void *_Nonnull zeros, size_t size);

#endif
