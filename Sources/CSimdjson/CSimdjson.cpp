#include "CSimdjson.h"

#include <new>
#include <simdjson.h>

// Buffers larger than this are given back once an ordinary document follows a huge one.
static constexpr size_t kKeptCapacity = 1 << 22;

struct weerbaar_json {
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  bool valid = false;
};

extern "C" {

const size_t weerbaar_json_padding = simdjson::SIMDJSON_PADDING;

weerbaar_json *weerbaar_json_open(void) { return new (std::nothrow) weerbaar_json(); }

void weerbaar_json_close(weerbaar_json *parser) { delete parser; }

static weerbaar_json_value value_of(simdjson::dom::element element) noexcept {
  weerbaar_json_value value = {weerbaar_json_absent, nullptr, 0};
  switch (element.type()) {
  case simdjson::dom::element_type::ARRAY: value.kind = weerbaar_json_array; break;
  case simdjson::dom::element_type::OBJECT: value.kind = weerbaar_json_object; break;
  case simdjson::dom::element_type::INT64:
  case simdjson::dom::element_type::UINT64:
  case simdjson::dom::element_type::DOUBLE: value.kind = weerbaar_json_number; break;
  case simdjson::dom::element_type::BOOL: value.kind = weerbaar_json_boolean; break;
  case simdjson::dom::element_type::NULL_VALUE: value.kind = weerbaar_json_null; break;
  case simdjson::dom::element_type::STRING: {
    std::string_view view;
    if (element.get(view) == simdjson::SUCCESS) {
      value.kind = weerbaar_json_string;
      value.bytes = reinterpret_cast<const uint8_t *>(view.data());
      value.count = view.size();
    }
    break;
  }
  }
  return value;
}

weerbaar_json_line weerbaar_json_parse(weerbaar_json *parser, const uint8_t *bytes, size_t count) {
  weerbaar_json_line line = {0, weerbaar_json_absent, {weerbaar_json_absent, nullptr, 0}, 0, 0};
  parser->valid = false;
  if (parser->parser.capacity() > kKeptCapacity && count < kKeptCapacity) {
    parser->parser = simdjson::dom::parser();
  }
  if (parser->parser.parse(bytes, count, false).get(parser->root) != simdjson::SUCCESS) return line;
  parser->valid = true;
  line.valid = 1;
  line.root = value_of(parser->root).kind;
  simdjson::dom::object object;
  if (parser->root.get(object) != simdjson::SUCCESS) return line;
  for (auto field : object) {
    if (field.key == "text") {
      line.text_fields += 1;
      line.text = value_of(field.value);
    } else if (field.key == "assessment") {
      line.assessment_fields += 1;
    }
  }
  return line;
}

weerbaar_json_value weerbaar_json_find(weerbaar_json *parser, const char *pointer, size_t count) {
  weerbaar_json_value absent = {weerbaar_json_absent, nullptr, 0};
  if (!parser->valid) return absent;
  simdjson::dom::element element;
  if (parser->root.at_pointer(std::string_view(pointer, count)).get(element) != simdjson::SUCCESS) return absent;
  return value_of(element);
}

}  // extern "C"
