// SPDX-License-Identifier: GPL-3.0-or-later
// The events dock: what the selected run and the window itself reported. Folded to one line or open as a list.
#pragma once

#include <QAbstractTableModel>
#include <QSortFilterProxyModel>
#include <QWidget>
#include <optional>
#include <vector>

#include "ui/services/app_context.h"

class QLabel;
class QStackedWidget;
class QTableView;

namespace switchyard::ui {

class ElidedLabel;
class SegmentedControl;
class IconButton;

struct EventRow {
    double time = 0;
    qint64 step = -1;
    int level = 0;  ///< 0 info, 1 warning, 2 error
    QString source, text;
    std::optional<health::Alarm> alarm;  ///< of the run's health: leads to its step
};

/// Newest first. Thread: GUI thread.
class EventsModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { kTime, kLevel, kText, kColumns };
    using QAbstractTableModel::QAbstractTableModel;
    void setRows(std::vector<EventRow> rows);
    const EventRow& row(int index) const { return rows_[static_cast<std::size_t>(index)]; }
    int count(int level) const;
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    std::vector<EventRow> rows_;
};

/// Thread: GUI thread.
class EventsPanel : public QWidget {
    Q_OBJECT
public:
    explicit EventsPanel(AppContext& context, QWidget* parent = nullptr);
    bool isOpen() const { return open_; }
    void setOpen(bool open);

Q_SIGNALS:
    void openChanged(bool open);
    void closeRequested();

private:
    void refresh();
    void tell();
    void follow(const QModelIndex& index);

    AppContext& context_;
    EventsModel model_;
    QSortFilterProxyModel filter_;
    std::vector<EventRow> own_;  ///< the window's own reports of this session
    struct Shown {
        std::size_t events = 0, own = 0, alarms = 0;
        double newest_event = 0, newest_own = 0;
        bool operator==(const Shown&) const = default;
    } shown_{1, 0, 0, 0, 0};  ///< what the rows were made of; at first of nothing that could be
    bool open_ = false;
    IconButton* fold_;
    QLabel* count_;
    QLabel* newest_time_;
    ElidedLabel* newest_;
    QLabel* warnings_;
    QLabel* errors_;
    QWidget* folded_part_;
    QWidget* open_part_;
    SegmentedControl* levels_;
    QTableView* table_;
};

}  // namespace switchyard::ui
