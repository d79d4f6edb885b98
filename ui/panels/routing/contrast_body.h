// SPDX-License-Identifier: GPL-3.0-or-later
// What the cards below a routed sample have in common: choices at the left, loads in the middle, numbers at the right.
#pragma once

#include <QString>

class QWidget;

namespace switchyard::ui {

class ContrastTable;
class ElidedLabel;
class RouteBars;

/// A body of these three, which it owns, for the card. Thread: GUI thread.
QWidget* contrastBody(QWidget* card, QWidget* choices, RouteBars* loads, ContrastTable* facts);

/// A sentence in a card's head; `danger` in the colour of failures.
void sayInHead(ElidedLabel& head, const QString& words, bool danger);

}  // namespace switchyard::ui
