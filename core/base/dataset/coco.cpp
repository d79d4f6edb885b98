// SPDX-License-Identifier: MIT
// COCO captions and VQA v2 as published.
#include <array>
#include <cstdio>
#include <map>
#include <unordered_map>
#include <utility>

#include "core/base/dataset/formats.h"
#include "core/base/io/json_arrays.h"
#include "core/base/util/error.h"
#include "core/base/util/paths.h"

namespace switchyard::dataset {
namespace {

/// Where bad entries go.
class Problems {
public:
    Problems(const fs::path& file, std::vector<io::BadRow>* bad) : file_(file), bad_(bad) {}
    void add(std::int64_t entry, const std::string& message) const {
        if (bad_ == nullptr) {
            throw Error(ExitCode::kBadData, message, file_.string() + ", entry " + std::to_string(entry),
                        "`switchyard data check` lists every bad entry");
        }
        bad_->push_back({file_.string(), entry, message});
    }
    /// Reads the lists; a file that is broken somewhere is one more problem.
    void read(const io::JsonArrayEvents& events) const {
        try {
            io::readJsonArrays(file_, events);
        } catch (const Error& error) {
            if (bad_ == nullptr || error.code() != ExitCode::kBadData) throw;
            bad_->push_back({file_.string(), 0, error.message() + " (" + error.where() + ")"});
        }
    }

private:
    fs::path file_;
    std::vector<io::BadRow>* bad_;
};

/// Finds pictures below the root: by their name alone, or in the folder of their part of the set.
class PictureFolder {
public:
    PictureFolder(fs::path root, const std::string& part)
        : root_(std::move(root)), candidates_{"", part + "/", "images/" + part + "/"} {}
    /// The path below the root; the first name decides for all.
    std::string path(const std::string& name) {
        std::error_code ignored;
        // A name with ".." is not looked for; reading it is refused.
        for (std::size_t i = 0; chosen_ == candidates_.size() && i < candidates_.size(); ++i) {
            if (name.find("..") == std::string::npos && fs::exists(root_ / (candidates_[i] + name), ignored))
                chosen_ = i;
        }
        return chosen_ == candidates_.size() ? name : candidates_[chosen_] + name;
    }

private:
    fs::path root_;
    std::array<std::string, 3> candidates_;
    std::size_t chosen_ = 3;
};

/// "train2017" of captions_train2017.json.
std::string partOf(const fs::path& file) {
    const std::string stem = file.stem().string();
    return stem.substr(stem.rfind('_') + 1);
}

/// "train2014" of a questions' or annotations' file of VQA v2, whose tests are parts of COCO's.
std::string pictureSet(std::string subtype) {
    return subtype.substr(0, subtype.find('-'));
}

std::string vqaPicture(const std::string& set, std::int64_t image) {
    std::array<char, 16> digits{};
    std::snprintf(digits.data(), digits.size(), "%012lld", static_cast<long long>(image));
    return "COCO_" + set + "_" + digits.data() + ".jpg";
}

/// One file of VQA v2, whichever it is.
struct VqaPart {
    fs::path file;
    std::string subtype;
    struct Question {
        std::int64_t id = 0, image = 0, entry = 0;
        std::string text;
    };
    struct Annotation {
        std::string answer;
        std::vector<std::string> answers;
        std::int64_t entry = 0;
    };
    std::vector<Question> questions;
    std::unordered_map<std::int64_t, Annotation> annotations;
    bool known = false;  ///< it has one of the two lists
};

void takeQuestion(const io::JsonFields& fields, std::int64_t entry, const Problems& problems, VqaPart* part) {
    const auto id = fields.number("question_id"), image = fields.number("image_id");
    const auto text = fields.text("question");
    if (!id || !image || !text || text->empty() || *image < 0) {
        return problems.add(entry,
                            "A question needs whole numbers \"question_id\" and \"image_id\", and a \"question\"");
    }
    part->questions.push_back({*id, *image, entry, *text});
}

void takeAnnotation(const io::JsonFields& fields, std::int64_t entry, const Problems& problems, VqaPart* part) {
    const auto id = fields.number("question_id");
    const auto answer = fields.text("multiple_choice_answer");
    if (!id || !answer) {
        return problems.add(entry,
                            "An annotation needs a whole number \"question_id\" and a \"multiple_choice_answer\"");
    }
    if (!part->annotations.try_emplace(*id, VqaPart::Annotation{*answer, fields.texts("answers.answer"), entry}).second) {
        problems.add(entry, "A second annotation of question " + std::to_string(*id));
    }
}

VqaPart readPart(const fs::path& file, const Problems& problems) {
    VqaPart part;
    part.file = file;
    io::JsonArrayEvents events;
    events.text = [&](const std::string& name, const std::string& value) {
        if (name == "data_subtype") part.subtype = value;
    };
    events.element = [&](const std::string& list, std::int64_t entry, const io::JsonFields& fields) {
        if (list == "questions") takeQuestion(fields, entry, problems, &part);
        if (list == "annotations") takeAnnotation(fields, entry, problems, &part);
        part.known = part.known || list == "questions" || list == "annotations";
    };
    problems.read(events);
    if (!part.known) problems.add(0, "The file has neither \"questions\" nor \"annotations\"");
    if (part.subtype.empty() || part.subtype.find('/') != std::string::npos) {
        if (!part.questions.empty()) problems.add(0, "\"data_subtype\", as train2014, is not there");
        part.subtype.clear();
    }
    return part;
}

void requireRows(const std::vector<io::Record>& rows, const fs::path& file, const char* what) {
    if (rows.empty()) throw Error(ExitCode::kBadData, std::string("The file has no ") + what, file.string());
}

}  // namespace

std::vector<io::Record> readCoco(const fs::path& file, const fs::path& root, std::vector<io::BadRow>* bad) {
    const Problems problems(file, bad);
    const std::size_t bad_before = bad == nullptr ? 0 : bad->size();
    std::unordered_map<std::int64_t, std::string> names;
    std::vector<std::pair<std::int64_t, io::Record>> captions;
    io::JsonArrayEvents events;
    events.element = [&](const std::string& list, std::int64_t entry, const io::JsonFields& fields) {
        if (list == "images") {
            const auto id = fields.number("id");
            const auto name = fields.text("file_name");
            if (!id || !name || name->empty()) {
                problems.add(entry, "An image needs a whole number \"id\" and a \"file_name\"");
            } else if (!names.emplace(*id, *name).second) {
                problems.add(entry, "A second image of the number " + std::to_string(*id));
            }
        } else if (list == "annotations") {
            const auto image = fields.number("image_id"), id = fields.number("id");
            const auto text = fields.text("caption");
            if (!image || !text || text->find_first_not_of(" \t\r\n") == std::string::npos) {
                return problems.add(entry, "An annotation needs a whole number \"image_id\" and a \"caption\"");
            }
            io::Record record;
            record.id = id ? std::to_string(*id) : partOf(file) + ":" + std::to_string(entry);
            record.text = *text;
            record.line = entry;
            captions.emplace_back(*image, std::move(record));
        }
    };
    problems.read(events);
    PictureFolder folder(root, partOf(file));
    std::vector<io::Record> rows;
    for (auto& [image, record] : captions) {
        const auto name = names.find(image);
        if (name == names.end()) {
            problems.add(record.line, "There is no image of the number " + std::to_string(image));
            continue;
        }
        record.image = folder.path(name->second);
        rows.push_back(std::move(record));
    }
    if (bad == nullptr || bad->size() == bad_before)
        requireRows(rows, file, "captions (\"annotations\" of \"images\")");
    return rows;
}

std::vector<io::Record> readVqa2(const std::vector<fs::path>& files, const fs::path& root,
                                 std::vector<io::BadRow>* bad) {
    const std::size_t bad_before = bad == nullptr ? 0 : bad->size();
    std::vector<VqaPart> parts;
    for (const fs::path& file : files) parts.push_back(readPart(file, Problems(file, bad)));
    std::vector<io::Record> rows;
    for (VqaPart& part : parts) {
        const std::string set = pictureSet(part.subtype);
        if (set.empty()) continue;
        PictureFolder folder(root, set);
        for (VqaPart::Question& question : part.questions) {
            io::Record row;
            row.id = std::to_string(question.id);
            row.image = folder.path(vqaPicture(set, question.image));
            row.question = std::move(question.text);
            row.line = question.entry;
            for (VqaPart& other : parts) {
                const auto found = other.annotations.find(question.id);
                if (found == other.annotations.end()) continue;
                row.answer = found->second.answer;
                row.answers = std::move(found->second.answers);
                other.annotations.erase(found);
                break;
            }
            rows.push_back(std::move(row));
        }
    }
    for (const VqaPart& part : parts) {
        std::map<std::int64_t, std::int64_t> left;  // by entry, so that the first one is always the same
        for (const auto& [id, annotation] : part.annotations) left.emplace(annotation.entry, id);
        for (const auto& [entry, id] : left) {
            Problems(part.file, bad).add(entry, "There is no question of the number " + std::to_string(id));
        }
    }
    if (bad == nullptr || bad->size() == bad_before)
        requireRows(rows, files.empty() ? fs::path() : files.front(), "questions");
    return rows;
}

}  // namespace switchyard::dataset
