// SPDX-License-Identifier: MIT
// What stands around the model in a tokenizer.json: normalizer, pre_tokenizer, post_processor, decoder.
#include <algorithm>
#include <map>

#include "core/base/text/byte_pair_model.h"
#include "core/base/text/tokenizer_parts.h"

namespace switchyard::text {
namespace {

using nlohmann::json;

/// The parts of a Sequence, or the one itself. Nested sequences are refused by what reads the parts.
std::vector<const json*> sequenceOf(const json& value, const char* name, const char* key) {
    JsonFields fields(value, name);
    if (fields.text("type") != "Sequence") return {&value};
    const json& list = fields.need(key);
    fields.finish();
    if (!list.is_array()) fields.refuse("\"" + std::string(key) + "\" is no list");
    std::vector<const json*> parts;
    for (const json& part : list) parts.push_back(&part);
    return parts;
}

[[noreturn]] void refuseType(const JsonFields& fields, const std::string& type) {
    fields.refuse("type " + inQuotes(type) + " is not implemented");
}

/// The pattern of a Replace or Split, "" for a plain text.
std::string regexOf(JsonFields* fields) {
    JsonFields pattern(fields->need("pattern"), fields->name() + " pattern");
    const std::string regex = pattern.text("Regex", "");
    if (regex.empty()) pattern.refuse("only some of type Regex are implemented");
    pattern.finish();
    return regex;
}

void addBertSteps(JsonFields* fields, std::vector<NormalizerStep>* steps) {
    const bool lower = fields->flag("lowercase", true);
    if (fields->flag("clean_text", true)) steps->push_back(NormalizerStep::kClean);
    if (fields->flag("handle_chinese_chars", true)) steps->push_back(NormalizerStep::kIdeographs);
    if (fields->flag("strip_accents", lower)) steps->push_back(NormalizerStep::kStripAccents);
    if (lower) steps->push_back(NormalizerStep::kLower);
}

void addSteps(const json& value, std::vector<NormalizerStep>* steps) {
    JsonFields fields(value, "normalizer");
    const std::string type = fields.text("type");
    if (type == "BertNormalizer") {
        addBertSteps(&fields, steps);
    } else if (type == "NFC") {
        steps->push_back(NormalizerStep::kNfc);
    } else if (type == "NFD") {
        steps->push_back(NormalizerStep::kNfd);
    } else if (type == "Lowercase") {
        steps->push_back(NormalizerStep::kLower);
    } else if (type == "Replace") {
        const std::string regex = regexOf(&fields), content = fields.text("content");
        if (regex != "\\s+" || content != " ") fields.refuse("replacing " + inQuotes(regex) + " is not implemented");
        steps->push_back(NormalizerStep::kOneSpace);
    } else {
        refuseType(fields, type);
    }
    fields.finish();
}

WordRule ruleOfSplit(JsonFields* fields) {
    static const std::string kWords = "'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+";
    static const std::string kSpecials = "<\\|startoftext\\|>|<\\|endoftext\\|>|";
    const std::string regex = regexOf(fields);
    if (regex != kWords && regex != kSpecials + kWords) {
        fields->refuse("splitting by " + inQuotes(regex) + " is not implemented");
    }
    const std::string behavior = fields->text("behavior");
    if (behavior != "Removed" || !fields->flag("invert", false)) {
        fields->refuse("splitting other than by removing what is between words is not implemented");
    }
    return regex == kWords ? WordRule::kClip : WordRule::kClipWithSpecials;
}

/// @param before  what a Split in front of it gave, else kWhole
void readByteLevel(JsonFields* fields, WordRule before, TokenizerParts* parts) {
    const bool words = fields->flag("use_regex", true);
    parts->prefix_space = fields->flag("add_prefix_space", true);
    fields->pass("trim_offsets");
    if (before != WordRule::kWhole) {
        if (parts->prefix_space) fields->refuse("\"add_prefix_space\" behind a Split is not implemented");
        if (before == WordRule::kClipWithSpecials && !words) {
            fields->refuse("\"use_regex\" false behind a Split by special tokens is not implemented");
        }
        parts->rule = before;
    } else {
        parts->rule = words ? WordRule::kGpt2 : WordRule::kWhole;
    }
}

std::int32_t idIn(JsonFields* fields, const char* key, const TokenizerParts& parts) {
    const json& value = fields->need(key);
    const bool is_pair = value.is_array() && value.size() == 2 && value[0].is_string() && value[1].is_number_integer();
    if (!is_pair) fields->refuse("\"" + std::string(key) + "\" is not a token and its id");
    const json& id = value[1];
    if (id < 0 || id >= parts.pieces.size()) fields->refuse("an id is no token's");
    return id.get<std::int32_t>();
}

/// Ids of the special tokens of a template, by name.
std::map<std::string, std::vector<std::int32_t>> specialsOf(JsonFields* fields, const TokenizerParts& parts) {
    std::map<std::string, std::vector<std::int32_t>> specials;
    JsonFields tokens(fields->need("special_tokens"), "special_tokens");
    for (const auto& [name, value] : fields->need("special_tokens").items()) {
        JsonFields token(value, "special_tokens");
        token.pass("id");
        token.pass("tokens");
        const json& ids = token.need("ids");
        token.finish();
        if (!ids.is_array() || ids.empty() || ids.size() > 64) token.refuse("\"ids\" is no list of one to 64");
        for (const json& id : ids) {
            if (!id.is_number_integer() || id < 0 || id >= parts.pieces.size()) token.refuse("an id is no token's");
            specials[name].push_back(id.get<std::int32_t>());
        }
    }
    return specials;
}

std::vector<TemplateSlot> readTemplate(const json& list, bool is_pair,
                                       const std::map<std::string, std::vector<std::int32_t>>& specials) {
    std::vector<TemplateSlot> slots;
    if (!list.is_array() || list.size() > 64) throw FileProblem{"post_processor: a template is no list of at most 64"};
    int texts[2] = {0, 0};
    for (const json& value : list) {
        JsonFields piece(value, "post_processor template");
        const bool is_text = piece.has("Sequence");
        JsonFields inner(piece.need(is_text ? "Sequence" : "SpecialToken"), "post_processor template");
        piece.finish();
        const std::string name = inner.text("id");
        const std::int64_t type = inner.number("type_id", 0);
        inner.finish();
        if (type < 0 || type > 255) inner.refuse("\"type_id\" is not between 0 and 255");
        const auto byte = static_cast<std::uint8_t>(type);
        if (is_text) {
            if (name != "A" && name != "B") inner.refuse("sequence " + inQuotes(name));
            const int segment = name == "A" ? 0 : 1;
            ++texts[segment];
            slots.push_back({segment, 0, byte});
            continue;
        }
        const auto found = specials.find(name);
        if (found == specials.end()) inner.refuse("special token " + inQuotes(name) + " is not described");
        for (const std::int32_t id : found->second) slots.push_back({-1, id, byte});
    }
    if (texts[0] != 1 || texts[1] != (is_pair ? 1 : 0)) {
        throw FileProblem{"post_processor: a template does not name each text once"};
    }
    return slots;
}

/// @return whether it sets special tokens
bool readProcessor(const json& value, TokenizerParts* parts) {
    JsonFields fields(value, "post_processor");
    const std::string type = fields.text("type");
    EncodingTemplate& layout = parts->layout;
    if (type == "ByteLevel") {  // about places in the text only
        for (const char* key : {"add_prefix_space", "trim_offsets", "use_regex"}) fields.pass(key);
    } else if (type == "TemplateProcessing") {
        const auto specials = specialsOf(&fields, *parts);
        layout.single = readTemplate(fields.need("single"), false, specials);
        layout.pair = readTemplate(fields.need("pair"), true, specials);
    } else if (type == "BertProcessing" || type == "RobertaProcessing") {
        const std::int32_t start = idIn(&fields, "cls", *parts), end = idIn(&fields, "sep", *parts);
        layout.single = {{-1, start, 0}, {0, 0, 0}, {-1, end, 0}};
        layout.pair = layout.single;
        if (type == "BertProcessing") {
            layout.pair.insert(layout.pair.end(), {{1, 0, 1}, {-1, end, 1}});
        } else {
            for (const char* key : {"add_prefix_space", "trim_offsets"}) fields.pass(key);
            layout.pair.insert(layout.pair.end(), {{-1, end, 0}, {1, 0, 0}, {-1, end, 0}});
        }
    } else {
        refuseType(fields, type);
    }
    fields.finish();
    return type != "ByteLevel";
}

}  // namespace

TextNormalizer readNormalizer(const json& normalizer) {
    std::vector<NormalizerStep> steps;
    const std::vector<const json*> list = sequenceOf(normalizer, "normalizer", "normalizers");
    if (list.size() > 16) throw FileProblem{"more than 16 normalizers"};
    for (const json* part : list) addSteps(*part, &steps);
    return TextNormalizer(std::move(steps));
}

void readPreTokenizer(const json& pre_tokenizer, TokenizerParts* parts) {
    const bool bytes = dynamic_cast<const BytePairModel*>(parts->model.get()) != nullptr;
    WordRule split = WordRule::kWhole;
    bool done = false;
    for (const json* part : sequenceOf(pre_tokenizer, "pre_tokenizer", "pretokenizers")) {
        JsonFields fields(*part, "pre_tokenizer");
        const std::string type = fields.text("type");
        if (done) fields.refuse("anything behind the last step is not implemented");
        if (type == "BertPreTokenizer" && split == WordRule::kWhole) {
            parts->rule = WordRule::kBert;
            if (bytes) fields.refuse("BertPreTokenizer with a BPE model is not implemented");
            done = true;
        } else if (type == "Split" && split == WordRule::kWhole) {
            split = ruleOfSplit(&fields);
        } else if (type == "ByteLevel" && bytes) {
            readByteLevel(&fields, split, parts);
            done = true;
        } else {
            refuseType(fields, type);
        }
        fields.finish();
    }
    if (!done) throw FileProblem{"pre_tokenizer: only BertPreTokenizer and ByteLevel are implemented"};
}

void readPostProcessor(const json& processor, TokenizerParts* parts) {
    bool done = false;
    for (const json* part : sequenceOf(processor, "post_processor", "processors")) {
        if (done) throw FileProblem{"post_processor: several with special tokens are not implemented"};
        done = readProcessor(*part, parts);
    }
}

void readDecoder(const json& decoder, TokenizerParts* parts) {
    JsonFields fields(decoder, "decoder");
    const std::string type = fields.text("type");
    if (type == "WordPiece") {
        parts->decoder.kind = TokenDecoder::Kind::kWordPiece;
        parts->decoder.prefix = fields.text("prefix", "##");
        parts->decoder.cleanup = fields.flag("cleanup", true);
    } else if (type == "ByteLevel") {
        parts->decoder.kind = TokenDecoder::Kind::kBytes;
        for (const char* key : {"add_prefix_space", "trim_offsets", "use_regex"}) fields.pass(key);
    } else {
        refuseType(fields, type);
    }
    fields.finish();
}

}  // namespace switchyard::text
