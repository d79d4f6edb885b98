// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/curves/cards_area.h"

#include <algorithm>

#include "ui/widgets/theme.h"

namespace switchyard::ui {
namespace {

constexpr int kEdge = metric::kGrid, kGap = metric::kGrid;
constexpr int kLeastLarge = 216, kLeastSmall = 144, kMostSmall = 220;
constexpr double kSmallShare = 0.36;  // of the height, all rows of small cards

}  // namespace

CardsArea::CardsArea(QWidget* parent) : QWidget(parent) {}

void CardsArea::setCards(QWidget* large, std::vector<QWidget*> small) {
    large_ = large;
    small_ = std::move(small);
}

void CardsArea::setShown(QWidget* small, bool shown) {
    if (small->isHidden() != shown) return;
    small->setHidden(!shown);
    arrange();
}

void CardsArea::setColumnWidth(int width) {
    column_width_ = width;
    arrange();
}

void CardsArea::resizeEvent(QResizeEvent*) {
    arrange();
}

void CardsArea::arrange() {
    if (large_ == nullptr) return;
    std::vector<QWidget*> shown;
    for (QWidget* card : small_)
        if (!card->isHidden()) shown.push_back(card);
    const int count = static_cast<int>(shown.size()), inner = width() - 2 * kEdge;
    const int fitting = std::clamp((inner + kGap) / (column_width_ + kGap), 1, std::max(1, count));
    const int rows = count == 0 ? 0 : (count + fitting - 1) / fitting;
    const int columns = rows == 0 ? 1 : (count + rows - 1) / rows;
    setMinimumHeight(2 * kEdge + kLeastLarge + rows * (kLeastSmall + kGap));
    const int place = std::max(height(), minimumHeight()) - 2 * kEdge;
    int small_height = kLeastSmall;
    if (rows > 0) {
        const double wanted = kSmallShare * place * (rows > 1 ? 1.45 : 1.0) / rows;
        const int most = (place - kLeastLarge) / rows - kGap;
        small_height =
            std::clamp(static_cast<int>(wanted), kLeastSmall, std::max(kLeastSmall, std::min(kMostSmall, most)));
    }
    const int large_height = place - rows * (small_height + kGap);
    large_->setGeometry(kEdge, kEdge, inner, large_height);
    for (int i = 0; i < count; ++i) {
        const int row = i / columns, first = row * columns, in_row = std::min(columns, count - first);
        // Edges from the shares, so that rounding leaves no gap at the right.
        const double step = static_cast<double>(inner + kGap) / in_row;
        const int left = static_cast<int>(step * (i - first)), right = static_cast<int>(step * (i - first + 1)) - kGap;
        shown[static_cast<std::size_t>(i)]->setGeometry(
            kEdge + left, kEdge + large_height + kGap + row * (small_height + kGap), right - left, small_height);
    }
}

}  // namespace switchyard::ui
