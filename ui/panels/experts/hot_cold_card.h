// SPDX-License-Identifier: GPL-3.0-or-later
// The ten experts with most and with least load at the cursor.
#pragma once

#include "ui/panels/experts/experts_view.h"
#include "ui/widgets/card.h"

class QLabel;
class QTableView;

namespace switchyard::ui {

class ExpertDelegate;
class ExpertShareModel;
class SegmentedControl;

/// Thread: GUI thread.
class HotColdCard : public Card {
    Q_OBJECT
public:
    /// kBoth: the user chooses; else the card shows one of them only.
    enum class Mode { kBoth, kHot, kCold };
    explicit HotColdCard(ExpertsView& view, QWidget* parent = nullptr);
    void setMode(Mode mode);
    void refresh();
    QTableView& table() const { return *table_; }
    SegmentedControl& choice() const { return *choice_; }
    QSize sizeHint() const override { return {320, 34 + 24 + 10 * 24 + 6}; }
    QSize minimumSizeHint() const override { return {260, 34 + 24 + 4 * 24}; }

private:
    void select();

    ExpertsView& view_;
    Mode mode_ = Mode::kBoth;
    SegmentedControl* choice_;
    QLabel* step_;
    QTableView* table_;
    ExpertShareModel* model_;
    ExpertDelegate* delegate_;
};

}  // namespace switchyard::ui
