// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/configure/key_inspection.h"

#include <QCoreApplication>

#include "ui/models/config_summary.h"
#include "ui/models/key_words.h"
#include "ui/widgets/list_text.h"

namespace switchyard::ui {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(KeyInspection)
};

QString orEmpty(const QString& text) {
    return text.isEmpty() ? Words::tr("empty") : text;
}

QString asWritten(const config::WrittenValue& value) {
    std::vector<std::string> scalars;
    for (const config::WrittenScalar& scalar : value.scalars) scalars.push_back(scalar.text);
    return value.list ? listText(scalars) : scalars.empty() ? QString() : QString::fromStdString(scalars.front());
}

}  // namespace

Inspection inspectKey(const KeySpec& key, const ConfigDocument& document) {
    const ConfigCheck& check = document.readable();
    const config::WrittenValue* value = check.find(key.path);
    const QString read = plainValue(key.get(check.result.config));
    Inspection inspection;
    inspection.heading = keyLabel(key);
    inspection.caption = QString::fromStdString(key.path);
    InspectorSection meaning{Words::tr("Meaning"), {}, {{{}, keyDoc(key), {}, {}}}};
    InspectorSection numbers{Words::tr("Value"), {}, {}};
    const auto add = [&](const QString& name, const QString& text) {
        numbers.lines << InspectorSection::Line{name, text, {}, {}};
    };
    if (value != nullptr) {
        const QString written = asWritten(*value);
        add(Words::tr("In the text"), orEmpty(written));
        if (written.contains(QStringLiteral("${"))) add(Words::tr("Stands for"), orEmpty(read));
        add(Words::tr("Line"), QString::number(lineAt(document.text(), value->begin)));
    } else {
        add(Words::tr("Now"), orEmpty(read));
        add(Words::tr("Line"), Words::tr("not in the text"));
    }
    add(Words::tr("Default"), orEmpty(defaultText(key)));
    if (const QString range = rangeText(key); !range.isEmpty())
        add(key.choices.empty() ? Words::tr("Range") : Words::tr("Choices"), range);
    if (!key.unit.empty()) add(Words::tr("Unit"), keyHint(key));
    inspection.sections << meaning << numbers;
    const auto problems = check.problemsOf(key.path);
    if (!problems.empty()) {
        InspectorSection wrong{Words::tr("Problem"), {}, {}};
        for (const std::size_t i : problems)
            wrong.lines << InspectorSection::Line{{}, problemSentence(check.result.problems[i]), {}, {}};
        inspection.sections << wrong;
    }
    return inspection;
}

}  // namespace switchyard::ui
