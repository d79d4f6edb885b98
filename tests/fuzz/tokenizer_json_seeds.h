// SPDX-License-Identifier: MIT
// Small files of Hugging Face's kinds of tokenizers, and words of them.
#pragma once

#include <string>
#include <vector>

namespace switchyard::fuzz {

inline std::vector<std::string> tokenizerJsonSeeds() {
    const std::string token = R"("single_word":false,"lstrip":true,"rstrip":true,"normalized":)";
    const std::string bert =
        R"({"version":"1.0","truncation":{"max_length":8,"strategy":"LongestFirst","stride":0},"padding":{"strategy":{"Fixed":9},)"
        R"("direction":"Left","pad_to_multiple_of":4,"pad_id":0,"pad_type_id":0,"pad_token":"[P]"},"added_tokens":[)"
        R"({"id":1,"content":"[C]","special":true,)" + token + R"(false},{"id":6,"content":"\u00c9 x","special":false,)" + token +
        R"(true}],"normalizer":{"type":"BertNormalizer","clean_text":true,"handle_chinese_chars":true,"strip_accents":null,)"
        R"("lowercase":true},"pre_tokenizer":{"type":"BertPreTokenizer"},"post_processor":{"type":"TemplateProcessing","single":[)"
        R"({"SpecialToken":{"id":"[C]","type_id":0}},{"Sequence":{"id":"A","type_id":0}}],"pair":[{"Sequence":{"id":"A",)"
        R"("type_id":0}},{"SpecialToken":{"id":"[C]","type_id":0}},{"Sequence":{"id":"B","type_id":1}}],"special_tokens":{"[C]":)"
        R"({"id":"[C]","ids":[1],"tokens":["[C]"]}}},"decoder":{"type":"WordPiece","prefix":"##","cleanup":true},"model":{)"
        R"("type":"WordPiece","unk_token":"[U]","continuing_subword_prefix":"##","max_input_chars_per_word":20,"vocab":)"
        R"({"[P]":0,"[C]":1,"[U]":2,"a":3,"##a":4,"small":5}}})";
    const std::string bytes = R"({"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":true})";
    const std::string model =
        R"("model":{"type":"BPE","dropout":null,"unk_token":"<e>","continuing_subword_prefix":"","end_of_word_suffix":"</w>",)"
        R"("fuse_unk":true,"byte_fallback":false,"ignore_merges":true,"vocab":{"a":0,"a</w>":1,"aa</w>":2,"<e>":3,"m":4,"l":5},)"
        R"("merges":[["a","a</w>"]]}})";
    const std::string clip =
        R"({"version":"1.0","added_tokens":[{"id":3,"content":"<e>","special":true,)" + token +
        R"(false}],"normalizer":{"type":"Sequence","normalizers":[{"type":"NFC"},{"type":"Replace","pattern":{"Regex":"\\s+"},)"
        R"("content":" "},{"type":"Lowercase"}]},"pre_tokenizer":{"type":"Sequence","pretokenizers":[{"type":"Split","pattern":)"
        R"({"Regex":"'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+"},"behavior":"Removed","invert":true},)" +
        bytes + R"(]},"post_processor":{"type":"RobertaProcessing","sep":["<e>",3],"cls":["<e>",3]},)" + model;
    const std::string gpt2 =
        R"({"normalizer":{"type":"NFD"},"pre_tokenizer":{"type":"ByteLevel","add_prefix_space":true},"decoder":)" + bytes +
        R"(,"post_processor":)" + bytes +
        R"(,"model":{"vocab":{"a":0,"b":1,"\u0120":2,"ab":3,"\u0120ab":4},"merges":["a b","\u0120 ab"]}})";
    return {bert, clip, gpt2, "[PAD]\n[UNK]\n[CLS]\n[SEP]\na\n##a\nsmall\n"};
}

inline std::vector<std::string> tokenizerJsonWords() {
    return {"\"added_tokens\":[", "\"content\":\"a\"",  "\"normalized\":true", "\"type\":\"Sequence\"", "\"NFC\"",
            "\"NFD\"",            "\"Lowercase\"",      "\"BertProcessing\"",  "\"merges\":[",          "\"vocab\":{",
            "\"single_word\":true", "\"rstrip\":true",  "\\u0301",             "\\u0000",               "\xcc\x81",
            "999999",             "\"use_regex\":false", "\"pad_id\":",        "\"\"",                  "null"};
}

}  // namespace switchyard::fuzz
