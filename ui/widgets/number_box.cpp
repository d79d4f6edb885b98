// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/number_box.h"

#include <QLineEdit>
#include <QRegularExpression>
#include <algorithm>
#include <cmath>

namespace switchyard::ui {
namespace {

/// The largest 64-bit number that is exact as a double, in both directions.
constexpr double kExact = 9007199254740992.0;

QString steppedWhole(const QString& text, int steps, double min, double max) {
    bool good = false;
    const qlonglong value = text.trimmed().toLongLong(&good);
    if (!good) return text;
    const auto low = static_cast<qlonglong>(std::max(min, -kExact)),
               high = static_cast<qlonglong>(std::min(max, kExact));
    if (value > high) return QString::number(steps < 0 ? value + steps : value);
    return QString::number(std::clamp(value + steps, low, high));
}

QString shortest(double value) {
    return QString::number(value, 'g', QLocale::FloatingPointShortest);
}

}  // namespace

QString steppedNumber(const QString& text, int steps, bool whole, double min, double max) {
    if (whole) return steppedWhole(text, steps, min, max);
    static const QRegularExpression pattern(QStringLiteral("^([+-]?)(\\d*)(\\.?)(\\d*)([eE][+-]?\\d+)?$"));
    const QRegularExpressionMatch match = pattern.match(text.trimmed());
    const QString digits = match.captured(2) + match.captured(4);
    if (!match.hasMatch() || digits.isEmpty() || digits.size() > 15) return text;
    const auto decimals = match.captured(4).size();
    qlonglong mantissa = digits.toLongLong() * (match.captured(1) == QStringLiteral("-") ? -1 : 1) + steps;
    QString stepped = QString::number(std::llabs(mantissa)).rightJustified(decimals + 1, u'0');
    stepped.insert(stepped.size() - decimals, match.captured(3));
    if (mantissa < 0) stepped.prepend(u'-');
    stepped += match.captured(5);
    const double value = stepped.toDouble();
    if (value < min) return text.toDouble() < min && steps > 0 ? stepped : shortest(min);
    if (value > max) return text.toDouble() > max && steps < 0 ? stepped : shortest(max);
    return stepped;
}

NumberBox::NumberBox(bool whole, double min, double max, QWidget* parent)
    : QAbstractSpinBox(parent), whole_(whole), min_(min), max_(max) {
    setFocusPolicy(Qt::StrongFocus);
    setAccelerated(true);
    connect(lineEdit(), &QLineEdit::textEdited, this, &NumberBox::numberEdited);
}

void NumberBox::setNumberText(const QString& text) {
    if (lineEdit()->text() != text) lineEdit()->setText(text);
}

void NumberBox::stepBy(int steps) {
    const QString next = steppedNumber(lineEdit()->text(), steps, whole_, min_, max_);
    if (next == lineEdit()->text()) return;
    lineEdit()->setText(next);
    lineEdit()->selectAll();
    Q_EMIT numberEdited(next);
}

QValidator::State NumberBox::validate(QString&, int&) const {
    return QValidator::Acceptable;
}

QAbstractSpinBox::StepEnabled NumberBox::stepEnabled() const {
    StepEnabled enabled = StepNone;
    const QString now = lineEdit()->text();
    if (steppedNumber(now, 1, whole_, min_, max_) != now) enabled |= StepUpEnabled;
    if (steppedNumber(now, -1, whole_, min_, max_) != now) enabled |= StepDownEnabled;
    return enabled;
}

}  // namespace switchyard::ui
