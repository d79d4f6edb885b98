// SPDX-License-Identifier: MIT
// Internal: binds one member of RunConfig to a row of the schema table. The YAML key is the member's own path,
// so the two can not drift apart.
#pragma once

#include <algorithm>
#include <initializer_list>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/base/config/schema.h"
#include "core/base/util/error.h"

/// A row for a member that is no enum: SWITCHYARD_KEY(model.moe.experts).range(0, 65536).text(...).
#define SWITCHYARD_KEY(member) \
    ::switchyard::config::Row( \
        #member, [](auto& config) -> auto& { return config.member; })
/// A row for an enum: the spellings of its enumerators in their order.
#define SWITCHYARD_CHOICE(member, ...) \
    ::switchyard::config::Row(#member, [](auto& config) -> auto& { return config.member; }, {__VA_ARGS__})

namespace switchyard::config {

/// What RunConfig's member initialisers give; the defaults of the table are taken from here.
const RunConfig& memberDefaults();

/// A schema row under construction; converts to the KeySpec.
class Row {
public:
    template <class Access>
    Row(const char* path, Access access) {
        using Member = std::remove_cvref_t<std::invoke_result_t<Access, RunConfig&>>;
        spec_.path = path;
        spec_.kind = kindOf<Member>();
        spec_.get = [access](const RunConfig& config) { return ConfigValue(access(config)); };
        spec_.set = [access](RunConfig& config, const ConfigValue& value) { access(config) = std::get<Member>(value); };
        spec_.default_value = spec_.get(memberDefaults());
    }

    template <class Access>
    Row(const char* path, Access access, std::initializer_list<const char*> names) {
        using Member = std::remove_cvref_t<std::invoke_result_t<Access, RunConfig&>>;
        static_assert(std::is_enum_v<Member>);
        const std::vector<std::string> spellings(names.begin(), names.end());
        spec_.path = path;
        spec_.kind = ValueKind::kChoice;
        spec_.choices = spellings;
        spec_.get = [access, spellings](const RunConfig& config) {
            return ConfigValue(spellings.at(static_cast<std::size_t>(access(config))));
        };
        spec_.set = [access, spellings, key = spec_.path](RunConfig& config, const ConfigValue& value) {
            const auto found = std::find(spellings.begin(), spellings.end(), std::get<std::string>(value));
            if (found == spellings.end()) {
                throw Error(ExitCode::kBadConfig, key + " has no choice " + std::get<std::string>(value));
            }
            access(config) = static_cast<Member>(found - spellings.begin());
        };
        spec_.default_value = spec_.get(memberDefaults());
    }

    Row& range(double min, double max) {
        spec_.min = min;
        spec_.max = max;
        return *this;
    }
    /// Allowed items of a text list.
    Row& items(std::initializer_list<const char*> names) {
        spec_.choices.assign(names.begin(), names.end());
        return *this;
    }
    Row& text(const char* label, const char* unit, const char* doc) {
        spec_.label = label;
        spec_.unit = unit;
        spec_.doc = doc;
        return *this;
    }

    operator KeySpec() const { return spec_; }  // NOLINT(google-explicit-constructor): rows fill a KeySpec list

private:
    template <class Member>
    static constexpr ValueKind kindOf() {
        if constexpr (std::is_same_v<Member, bool>) {
            return ValueKind::kBool;
        } else if constexpr (std::is_same_v<Member, std::int64_t>) {
            return ValueKind::kInt;
        } else if constexpr (std::is_same_v<Member, double>) {
            return ValueKind::kReal;
        } else if constexpr (std::is_same_v<Member, std::string>) {
            return ValueKind::kText;
        } else if constexpr (std::is_same_v<Member, std::vector<double>>) {
            return ValueKind::kRealList;
        } else {
            static_assert(std::is_same_v<Member, std::vector<std::string>>);
            return ValueKind::kTextList;
        }
    }

    KeySpec spec_;
};

using Rows = std::vector<KeySpec>;
void addRunRows(Rows& rows);       ///< run, task
void addModelRows(Rows& rows);     ///< model.*
void addDataRows(Rows& rows);      ///< data.*
void addTrainingRows(Rows& rows);  ///< optim, train, parallel, checkpoint, log, eval, probe

}  // namespace switchyard::config
