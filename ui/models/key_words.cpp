// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/key_words.h"

#include <QCoreApplication>
#include <QStringList>
#include <cmath>

#include "ui/models/config_summary.h"

namespace switchyard::ui {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(KeyWords)
};

QString schemaText(const std::string& text) {
    return text.empty() ? QString() : QCoreApplication::translate("Schema", text.c_str());
}

QString limit(const KeySpec& key, double value) {
    if (key.kind == ValueKind::kInt && std::abs(value) < 1e15) return QString::number(static_cast<qlonglong>(value));
    return QString::number(value, 'g', 8);
}

}  // namespace

QString keyLabel(const KeySpec& key) {
    return schemaText(key.label);
}

QString keyName(const KeySpec& key) {
    const QString label = keyLabel(key);
    // Translated, it stays as it is: other languages write their nouns large.
    return label.toStdString() == key.label ? label.toLower() : label;
}

QString keyDoc(const KeySpec& key) {
    return schemaText(key.doc);
}

QString sectionTitle(const SectionSpec& section) {
    return schemaText(section.title);
}

QString rangeText(const KeySpec& key) {
    if (!key.choices.empty()) {
        QStringList choices;
        for (const std::string& choice : key.choices) choices << QString::fromStdString(choice);
        return choices.join(QStringLiteral(", "));
    }
    const bool low = std::isfinite(key.min), high = std::isfinite(key.max);
    if (low && high) return Words::tr("%1 to %2").arg(limit(key, key.min), limit(key, key.max));
    if (low) return Words::tr("at least %1").arg(limit(key, key.min));
    return high ? Words::tr("at most %1").arg(limit(key, key.max)) : QString();
}

QString keyHint(const KeySpec& key) {
    QString unit = schemaText(key.unit);
    if (unit.startsWith(QStringLiteral("x "))) unit[0] = u'×';
    if (!unit.isEmpty()) return unit.replace(QStringLiteral("+-"), QStringLiteral("±"));
    const bool number = key.kind == ValueKind::kInt || key.kind == ValueKind::kReal;
    return number ? rangeText(key) : QString();
}

QString defaultText(const KeySpec& key) {
    return plainValue(key.default_value);
}

QString keyToolTip(const KeySpec& key) {
    QString tip = QStringLiteral("<p>%1</p><p><code>%2</code>")
                      .arg(keyDoc(key).toHtmlEscaped(), QString::fromStdString(key.path));
    const QString value = defaultText(key);
    tip += QStringLiteral("<br>") +
           (value.isEmpty() ? Words::tr("Default: empty") : Words::tr("Default: %1").arg(value.toHtmlEscaped()));
    const QString range = rangeText(key);
    if (!range.isEmpty())
        tip += QStringLiteral("<br>") +
               (key.choices.empty() ? Words::tr("Range: %1") : Words::tr("Choices: %1")).arg(range.toHtmlEscaped());
    return tip + QStringLiteral("</p>");
}

}  // namespace switchyard::ui
