// SPDX-License-Identifier: MIT
#include "core/base/io/json_arrays.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <iterator>
#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/base/io/file_descriptor.h"
#include "core/base/util/error.h"

namespace switchyard::io {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxValueBytes = 1U << 20, kMaxElementBytes = 4U << 20, kMaxElementValues = 10'000;
constexpr std::size_t kMaxDepth = 32;

/// The file's bytes, which end early when too many pass between two values: the parser keeps a value whole.
class Source {
public:
    explicit Source(const std::filesystem::path& file)
        : fd_(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)), file_(file) {
        struct stat info {};
        if (!fd_.valid()) {
            throw Error(ExitCode::kBadData, std::string("Could not open the data file: ") + std::strerror(errno),
                        file.string(), "Check the path, data.root and data.train");
        }
        if (fstat(fd_.get(), &info) != 0 || !S_ISREG(info.st_mode))
            throw Error(ExitCode::kBadData, "Not a regular file", file.string(), "Give a JSON file");
        fill();
        if (ended()) throw Error(ExitCode::kBadData, "The file is empty", file.string(), "It needs a JSON object");
    }
    bool ended() const { return position_ == filled_; }
    char current() const { return buffer_[position_]; }
    void advance() {
        ++read_;
        if (++since_value_ > kMaxValueBytes) {
            too_long_ = true;
            position_ = filled_ = 0;
        } else if (++position_ == filled_) {
            fill();
        }
    }
    void valueDone() { since_value_ = 0; }
    bool tooLong() const { return too_long_; }
    std::uint64_t read() const { return read_; }

private:
    void fill() {
        ssize_t got = 0;
        do got = ::read(fd_.get(), buffer_.data(), buffer_.size());
        while (got < 0 && errno == EINTR);
        if (got < 0)
            throw Error(ExitCode::kIo, std::string("Could not read the data file: ") + std::strerror(errno),
                        file_.string());
        position_ = 0;
        filled_ = static_cast<std::size_t>(got);
        // To the parser a zero byte is the end, whatever comes after it.
        if (std::memchr(buffer_.data(), 0, filled_) != nullptr)
            throw Error(ExitCode::kBadData, "Not valid JSON: a zero byte, which JSON in UTF-8 does not have", file_.string());
    }

    FileDescriptor fd_;
    std::filesystem::path file_;
    std::vector<char> buffer_ = std::vector<char>(1U << 16);
    std::size_t position_ = 0, filled_ = 0, since_value_ = 0;
    std::uint64_t read_ = 0;
    bool too_long_ = false;
};

/// What the parser takes its bytes from.
class Bytes {
public:
    using iterator_category = std::input_iterator_tag;
    using value_type = char;
    using difference_type = std::ptrdiff_t;
    using pointer = const char*;
    using reference = char;
    explicit Bytes(Source* source = nullptr) : source_(source) {}
    char operator*() const { return source_->current(); }
    Bytes& operator++() {
        source_->advance();
        return *this;
    }
    bool operator==(const Bytes& other) const { return ended() == other.ended(); }
    bool operator!=(const Bytes& other) const { return !(*this == other); }

private:
    bool ended() const { return source_ == nullptr || source_->ended(); }
    Source* source_;
};

/// Follows the parser: depth 1 is the outermost object, 2 a list of it, 3 and below an element.
class Handler : public nlohmann::json_sax<json> {
public:
    Handler(Source& source, const JsonArrayEvents& events) : source_(source), events_(events) {}
    std::string problem;

    bool null() override { return value(); }
    bool boolean(bool) override { return value(); }
    bool number_integer(number_integer_t number) override { return whole(number); }
    bool number_unsigned(number_unsigned_t number) override {
        return number <= static_cast<number_unsigned_t>(std::numeric_limits<std::int64_t>::max())
                   ? whole(static_cast<std::int64_t>(number))
                   : value();
    }
    bool number_float(number_float_t, const string_t&) override { return value(); }
    bool binary(binary_t&) override { return value(); }
    bool string(string_t& text) override {
        bytes_ += text.size();
        if (depth_ == 1 && events_.text) events_.text(key_, text);
        if (inElement()) fields_.add(path(), std::move(text));
        return value();
    }
    bool key(string_t& name) override {
        source_.valueDone();
        if (depth_ >= 3) {
            names_.resize(depth_ + 1);
            names_[depth_] = std::move(name);
        } else if (depth_ == 1) {
            key_ = std::move(name);
        }
        return true;
    }
    bool start_object(std::size_t) override { return open(true); }
    bool start_array(std::size_t) override { return open(false); }
    bool end_object() override { return close(); }
    bool end_array() override { return close(); }
    bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception& error) override {
        const std::string message = error.what();
        if (source_.tooLong()) {
            problem = "A value is longer than 1 MiB";
        } else if (message.find("surrogate") != std::string::npos) {
            problem = "A \\u escape is half of a surrogate pair";
        } else if (message.find("UTF-8") != std::string::npos) {
            problem = "Not UTF-8";
        } else if (message.find("number overflow") != std::string::npos) {
            problem = "A number is beyond what a 64-bit one can hold";
        } else {
            problem = "Not valid JSON";
        }
        return false;
    }

private:
    bool inElement() const { return in_list_ && depth_ >= 3; }
    /// Under the names of the objects above; lists have none.
    std::string path() const {
        std::string text;
        for (std::size_t i = 3; i <= depth_ && i < names_.size(); ++i) {
            if (!names_[i].empty()) text += (text.empty() ? "" : ".") + names_[i];
        }
        return text;
    }
    bool whole(std::int64_t number) {
        if (inElement()) fields_.add(path(), number);
        return value();
    }
    bool value() {
        source_.valueDone();
        if (depth_ == 0) return fail("Not a JSON object");
        if (in_list_ && depth_ == 2) elementDone();  // no object
        return !inElement() || bounded();
    }
    bool bounded() {
        if (++values_ <= kMaxElementValues && bytes_ <= kMaxElementBytes) return true;
        return fail("An element is longer than 4 MiB or has more than 10000 values");
    }
    bool open(bool object) {
        source_.valueDone();
        if (depth_ == 0 && !object) return fail("Not a JSON object");
        if (++depth_ > kMaxDepth) return fail("Nested deeper than 32");
        if (depth_ == 2) {
            in_list_ = !object;
            count_ = 0;
        }
        if (depth_ > 3) {
            names_.resize(depth_ + 1);
            names_[depth_].clear();
        }
        if (depth_ == 3) {
            names_.assign(4, {});
            fields_.clear();
            bytes_ = values_ = 0;
        }
        return !inElement() || bounded();
    }
    bool close() {
        source_.valueDone();
        --depth_;
        if (in_list_ && depth_ == 2) elementDone();
        if (depth_ == 1) in_list_ = false;
        return true;
    }
    void elementDone() {
        if (events_.element) events_.element(key_, ++count_, fields_);
        fields_.clear();
    }
    bool fail(const char* message) {
        problem = message;
        return false;
    }

    Source& source_;
    const JsonArrayEvents& events_;
    std::size_t depth_ = 0, bytes_ = 0, values_ = 0;
    std::int64_t count_ = 0;
    bool in_list_ = false;
    std::string key_;
    std::vector<std::string> names_;  ///< by depth
    JsonFields fields_;
};

}  // namespace

std::optional<std::string> JsonFields::text(const std::string& path) const {
    const auto found = texts_.find(path);
    return found != texts_.end() && found->second.size() == 1 ? std::optional(found->second.front()) : std::nullopt;
}

std::optional<std::int64_t> JsonFields::number(const std::string& path) const {
    const auto found = numbers_.find(path);
    return found != numbers_.end() && found->second.size() == 1 ? std::optional(found->second.front()) : std::nullopt;
}

std::vector<std::string> JsonFields::texts(const std::string& path) const {
    const auto found = texts_.find(path);
    return found == texts_.end() ? std::vector<std::string>() : found->second;
}

void JsonFields::clear() {
    texts_.clear();
    numbers_.clear();
}

void readJsonArrays(const std::filesystem::path& file, const JsonArrayEvents& events) {
    Source source(file);
    Handler handler(source, events);
    const bool good = json::sax_parse(Bytes(&source), Bytes(), &handler);
    if (good && handler.problem.empty()) return;
    throw Error(ExitCode::kBadData, handler.problem.empty() ? "Not valid JSON" : handler.problem,
                file.string() + ", byte " + std::to_string(source.read()));
}

}  // namespace switchyard::io
