// SPDX-License-Identifier: MIT
// Emoji from NotoColorEmoji's bitmaps (FreeType), sequences to glyphs by HarfBuzz, names from CLDR.
#include <ft2build.h>
#include FT_FREETYPE_H
#include <hb.h>

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <optional>
#include <pugixml.hpp>
#include <sstream>

#include "core/base/dataset/import_tools.h"
#include "core/base/io/image.h"
#include "core/base/io/sha256.h"
#include "core/base/util/error.h"
#include "core/base/util/paths.h"

namespace switchyard::dataset {
namespace {

constexpr const char* kFont = "/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf";
constexpr std::array<const char*, 2> kNames = {"/usr/share/unicode/cldr/common/annotations/en.xml",
                                               "/usr/share/unicode/cldr/common/annotationsDerived/en.xml"};
constexpr int kPictureSize = 128;

void requirePackages() {
    std::error_code ignored;
    const auto require = [&ignored](const char* file, const char* package) {
        if (fs::exists(file, ignored)) return;
        throw Error(ExitCode::kBadData, "The file is missing", file,
                    std::string("Install it: apt-get install ") + package);
    };
    require(kFont, "fonts-noto-color-emoji");
    for (const char* file : kNames) require(file, "unicode-cldr-core");
}

struct Emoji {
    std::string characters, name;
    std::vector<std::string> keywords;
    hb_codepoint_t glyph = 0;
};

std::vector<std::uint32_t> codePoints(const std::string& utf8) {
    std::vector<std::uint32_t> points;
    for (const char c : utf8) {
        const auto byte = static_cast<unsigned char>(c);
        if ((byte & 0xc0) == 0x80 && !points.empty()) {
            points.back() = (points.back() << 6) | (byte & 0x3f);
        } else {
            points.push_back(byte < 0x80 ? byte : byte & (byte < 0xe0 ? 0x1f : byte < 0xf0 ? 0x0f : 0x07));
        }
    }
    return points;
}

/// Skin tones, and the woman and man forms of activities: nearly the same drawing under nearly the same name.
bool isVariant(const std::vector<std::uint32_t>& points) {
    for (std::size_t i = 0; i < points.size(); ++i) {
        if (points[i] >= 0x1f3fb && points[i] <= 0x1f3ff) return true;
        const bool joined = i > 0 && points[i - 1] == 0x200d;
        if (joined && (points[i] == 0x2640 || points[i] == 0x2642)) return true;
    }
    return false;
}

std::vector<std::string> splitKeywords(const std::string& text) {
    std::vector<std::string> words;
    std::istringstream stream(text);
    for (std::string word; std::getline(stream, word, '|');) {
        const std::size_t begin = word.find_first_not_of(" \t\n");
        if (begin == std::string::npos) continue;
        words.push_back(word.substr(begin, word.find_last_not_of(" \t\n") - begin + 1));
    }
    return words;
}

/// Everything CLDR names in English, in the order of its characters.
std::vector<Emoji> readNames() {
    std::map<std::vector<std::uint32_t>, Emoji> found;
    for (const char* file : kNames) {
        pugi::xml_document document;
        if (const auto result = document.load_file(file); !result) {
            throw Error(ExitCode::kBadData, std::string("Broken XML: ") + result.description(), file,
                        "Install it again: apt-get install --reinstall unicode-cldr-core");
        }
        for (const pugi::xml_node node : document.child("ldml").child("annotations").children("annotation")) {
            const std::string characters = node.attribute("cp").as_string();
            Emoji& emoji = found[codePoints(characters)];
            emoji.characters = characters;
            if (std::string_view(node.attribute("type").as_string()) == "tts") {
                emoji.name = node.child_value();
            } else {
                emoji.keywords = splitKeywords(node.child_value());
            }
        }
    }
    std::vector<Emoji> list;
    for (auto& [points, emoji] : found) {
        if (!emoji.name.empty() && !isVariant(points)) list.push_back(std::move(emoji));
    }
    return list;
}

/// Maps a sequence of characters to the one glyph that draws it.
class Shaper {
public:
    Shaper()
        : blob_(hb_blob_create_from_file_or_fail(kFont), hb_blob_destroy),
          face_(hb_face_create(blob_.get(), 0), hb_face_destroy),
          font_(hb_font_create(face_.get()), hb_font_destroy),
          buffer_(hb_buffer_create(), hb_buffer_destroy) {}

    /// Nothing when the font has no glyph, or needs several.
    std::optional<hb_codepoint_t> glyph(const std::string& characters) {
        hb_buffer_reset(buffer_.get());
        hb_buffer_add_utf8(buffer_.get(), characters.data(), static_cast<int>(characters.size()), 0, -1);
        hb_buffer_guess_segment_properties(buffer_.get());
        hb_shape(font_.get(), buffer_.get(), nullptr, 0);
        unsigned int count = 0;
        const hb_glyph_info_t* glyphs = hb_buffer_get_glyph_infos(buffer_.get(), &count);
        if (count != 1 || glyphs[0].codepoint == 0) return std::nullopt;
        return glyphs[0].codepoint;
    }

private:
    std::unique_ptr<hb_blob_t, void (*)(hb_blob_t*)> blob_;
    std::unique_ptr<hb_face_t, void (*)(hb_face_t*)> face_;
    std::unique_ptr<hb_font_t, void (*)(hb_font_t*)> font_;
    std::unique_ptr<hb_buffer_t, void (*)(hb_buffer_t*)> buffer_;
};

/// Draws glyphs. Thread: one object belongs to one thread (FreeType faces do).
class BitmapFont {
public:
    BitmapFont() {
        if (FT_Init_FreeType(&library_) != 0) throw Error(ExitCode::kRunFailed, "FreeType could not be started");
        if (FT_New_Face(library_, kFont, 0, &face_) != 0 || FT_Select_Size(face_, 0) != 0) {
            FT_Done_FreeType(library_);
            throw Error(ExitCode::kBadData, "Not a font with colour bitmaps", kFont,
                        "Install it again: apt-get install --reinstall fonts-noto-color-emoji");
        }
    }
    ~BitmapFont() { FT_Done_FreeType(library_); }  // closes the face too
    BitmapFont(const BitmapFont&) = delete;
    BitmapFont& operator=(const BitmapFont&) = delete;

    /// The glyph in the middle of a white square; nothing when it has no drawing.
    std::optional<io::Image> draw(hb_codepoint_t glyph) {
        if (FT_Load_Glyph(face_, glyph, FT_LOAD_COLOR) != 0) return std::nullopt;
        const FT_Bitmap& bitmap = face_->glyph->bitmap;
        if (bitmap.pixel_mode != FT_PIXEL_MODE_BGRA || bitmap.width == 0 || bitmap.rows == 0) return std::nullopt;
        const int width = static_cast<int>(bitmap.width);
        const int height = static_cast<int>(bitmap.rows);
        io::Image image;
        image.width = image.height = std::max(width, height);
        image.pixels.assign(static_cast<std::size_t>(image.width) * static_cast<std::size_t>(image.width) * 3, 255);
        bool visible = false;
        for (int y = 0; y < height; ++y) {
            const std::uint8_t* from = bitmap.buffer + static_cast<std::ptrdiff_t>(y) * bitmap.pitch;
            const int top = (image.height - height) / 2;
            const int left = (image.width - width) / 2;
            auto to = image.pixels.begin() + (static_cast<std::ptrdiff_t>(top + y) * image.width + left) * 3;
            for (int x = 0; x < width; ++x, from += 4, to += 3) {
                const int white = 255 - from[3];  // the colours are multiplied by the opacity already
                for (int c = 0; c < 3; ++c) to[c] = static_cast<std::uint8_t>(std::min(255, from[2 - c] + white));
                visible = visible || from[3] > 0;
            }
        }
        if (!visible) return std::nullopt;
        return io::fitImage(image, kPictureSize, ImageFit::kPad);
    }

private:
    FT_Library library_ = nullptr;
    FT_Face face_ = nullptr;
};

std::string idOf(const Emoji& emoji) {
    static constexpr char kHex[] = "0123456789abcdef";
    std::string id = "u";
    for (const std::uint32_t point : codePoints(emoji.characters)) {
        if (id.size() > 1) id += '_';
        for (int shift = point > 0xffff ? 16 : 12; shift >= 0; shift -= 4) id += kHex[(point >> shift) & 15];
    }
    return id;
}

}  // namespace

std::string emojiFingerprint() {
    requirePackages();
    std::string hashes = io::sha256File(kFont);
    for (const char* file : kNames) hashes += io::sha256File(file);
    return io::sha256(hashes.data(), hashes.size());
}

ImportReport importEmoji(const fs::path& out, const ImportProgress& progress) {
    const std::string fingerprint = emojiFingerprint();
    std::vector<Emoji> all = readNames();
    Shaper shaper;
    std::vector<Emoji> list;
    for (Emoji& emoji : all) {
        const std::optional<hb_codepoint_t> glyph = shaper.glyph(emoji.characters);
        if (!glyph) continue;
        emoji.glyph = *glyph;
        list.push_back(std::move(emoji));
    }
    ImportFolder folder(out, "emoji");
    std::vector<std::string> drawing(list.size());  // hash of the pixels, "" = none
    parallelFor(list.size(), progress, [&] {
        return [&, font = std::make_shared<BitmapFont>()](std::size_t i) {
            const std::optional<io::Image> image = font->draw(list[i].glyph);
            if (!image) return;
            io::writePng((folder.pictures() / (idOf(list[i]) + ".png")).string(), *image);
            drawing[i] = io::sha256(image->pixels.data(), image->pixels.size());
        };
    });
    // Of equal drawings the shortest name stays: France, not Clipperton Island.
    std::map<std::string, std::size_t> kept;
    for (std::size_t i = 0; i < list.size(); ++i) {
        const auto [place, fresh] = kept.try_emplace(drawing[i], i);
        if (!fresh && list[i].name.size() < list[place->second].name.size()) place->second = i;
    }
    Rows rows;
    std::int64_t skipped = 0;
    for (std::size_t i = 0; i < list.size(); ++i) {
        const std::string id = idOf(list[i]);
        if (drawing[i].empty() || kept[drawing[i]] != i) {
            std::error_code ignored;
            fs::remove(folder.pictures() / (id + ".png"), ignored);
            ++skipped;
            continue;
        }
        rows.push_back({{"id", id},
                        {"image", folder.rowPath(id + ".png")},
                        {"text", list[i].name},
                        {"keywords", list[i].keywords},
                        {"emoji", list[i].characters}});
    }
    return folder.commit(rows, {}, skipped, fingerprint);
}

}  // namespace switchyard::dataset
