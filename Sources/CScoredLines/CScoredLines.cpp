#include "CScoredLines.h"

#include <new>
#include <simdjson.h>

using simdjson::dom::element;
using simdjson::dom::object;

// Buffers larger than this are given back once an ordinary line follows a huge one.
static constexpr size_t kKeptCapacity = 1 << 22;

struct weerbaar_scored_reader {
  simdjson::dom::parser parser;
  std::string_view categories[8];
};

extern "C" {

const size_t weerbaar_scored_padding = simdjson::SIMDJSON_PADDING;

weerbaar_scored_reader *weerbaar_scored_open(const char *const *names) {
  auto reader = new (std::nothrow) weerbaar_scored_reader();
  if (reader) {
    for (int index = 0; index < 8; ++index) reader->categories[index] = names[index];
  }
  return reader;
}

void weerbaar_scored_close(weerbaar_scored_reader *reader) { delete reader; }

}  // extern "C"

static weerbaar_span span_of(element value) noexcept {
  std::string_view view;
  if (value.get(view) != simdjson::SUCCESS) return {nullptr, 0};
  return {reinterpret_cast<const uint8_t *>(view.data()), view.size()};
}

static void read_party(element value, weerbaar_span &id, weerbaar_span &handle, weerbaar_span &name) noexcept {
  object party;
  if (value.get(party) != simdjson::SUCCESS) return;
  for (auto field : party) {
    if (field.key == "handle") {
      handle = span_of(field.value);
    } else if (field.key == "id") {
      id = span_of(field.value);
    } else if (field.key == "name") {
      name = span_of(field.value);
    }
  }
}

static bool read_assessment(weerbaar_scored_reader *reader, object assessment, weerbaar_scored_line *line) noexcept {
  bool has_abusive = false, has_score = false;
  for (auto field : assessment) {
    const std::string_view key = field.key;
    if (key == "abusive") {
      bool value;
      if (field.value.get(value) != simdjson::SUCCESS) return false;
      has_abusive = true;
      line->abusive = value;
    } else if (key == "score") {
      if (field.value.is_null()) continue;
      if (field.value.get(line->score) != simdjson::SUCCESS) return false;
      has_score = true;
    } else if (key == "severity") {
      int64_t value;
      if (field.value.get(value) != simdjson::SUCCESS || value < 0 || value > 4) return false;
      line->severity = static_cast<int32_t>(value);
    } else if (key == "level") {
      line->level = span_of(field.value);
    } else if (key == "categories") {
      object categories;
      if (field.value.get(categories) != simdjson::SUCCESS) return false;
      int next = 0;
      for (auto category : categories) {
        // They stand in order almost always.
        for (int step = 0; step < 8; ++step) {
          const int index = (next + step) & 7;
          if (reader->categories[index] == category.key) {
            if (category.value.get(line->categories[index]) != simdjson::SUCCESS) return false;
            next = index + 1;
            break;
          }
        }
      }
    } else if (key == "abstained") {
      line->abstained = 1;
    } else if (key == "model") {
      line->model = span_of(field.value);
    }
  }
  return has_abusive && (has_score || line->abstained);
}

extern "C" void weerbaar_scored_read(
    weerbaar_scored_reader *reader, const uint8_t *bytes, size_t count, weerbaar_scored_line *line) {
  *line = weerbaar_scored_line{};
  if (reader->parser.capacity() > kKeptCapacity && count < kKeptCapacity) reader->parser = simdjson::dom::parser();
  element root;
  if (reader->parser.parse(bytes, count, false).get(root) != simdjson::SUCCESS) {
    line->status = weerbaar_scored_no_json;
    return;
  }
  object message;
  if (root.get(message) != simdjson::SUCCESS) {
    line->status = weerbaar_scored_no_object;
    return;
  }
  bool found = false, good = false;
  for (auto field : message) {
    const std::string_view key = field.key;
    if (key == "text") {
      line->text = span_of(field.value);
    } else if (key == "assessment") {
      object assessment;
      found = true;
      good = field.value.get(assessment) == simdjson::SUCCESS && read_assessment(reader, assessment, line);
    } else if (key == "recipient") {
      read_party(field.value, line->recipient_id, line->recipient_handle, line->recipient_name);
    } else if (key == "author") {
      read_party(field.value, line->author_id, line->author_handle, line->author_name);
    } else if (key == "time") {
      line->time = span_of(field.value);
    } else if (key == "id") {
      line->id = span_of(field.value);
    } else if (key == "platform") {
      line->platform = span_of(field.value);
    } else if (key == "direction") {
      line->direction = span_of(field.value);
    }
  }
  line->status = !line->text.bytes ? weerbaar_scored_no_text
                 : !found          ? weerbaar_scored_no_assessment
                 : !good           ? weerbaar_scored_bad_assessment
                                   : weerbaar_scored_ok;
}
