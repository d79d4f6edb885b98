// SPDX-License-Identifier: GPL-3.0-or-later
// The row of page tabs, and at its right what belongs to the current page.
#pragma once

#include <QWidget>
#include <optional>
#include <utility>
#include <vector>

#include "ui/panels/page_table.h"

class QButtonGroup;
class QHBoxLayout;
class QToolButton;

namespace switchyard::ui {

/// Where the room ends, tabs but the current one are icons only. Thread: GUI thread.
class PageBar : public QWidget {
    Q_OBJECT
public:
    /// `usual`: what stands at the right for pages that bring nothing of their own.
    PageBar(const std::vector<PageEntry>& pages, QWidget* usual, QWidget* parent = nullptr);
    /// `actions` of this page, nullptr = the usual ones; the bar owns them from then on.
    void setCurrent(std::size_t page, QWidget* actions);
    QSize minimumSizeHint() const override;

Q_SIGNALS:
    void chosen(const QString& page);

protected:
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    int tabsWidth(bool compact) const;
    void fit();

    QHBoxLayout* row_;
    QButtonGroup* group_;
    std::vector<QToolButton*> tabs_;
    QWidget* usual_;
    QWidget* actions_;
    mutable std::optional<std::pair<int, int>> widths_;  ///< of the tabs with words, and compact; none = to be asked
};

}  // namespace switchyard::ui
