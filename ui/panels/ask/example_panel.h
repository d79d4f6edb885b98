// SPDX-License-Identifier: GPL-3.0-or-later
// The Ask page's panel in the left dock: samples of the evaluation data, a click asks.
#pragma once

#include <QWidget>

class QLabel;

namespace switchyard::ui {

class ExampleListModel;
class PictureLoader;
class SampleListView;

/// Thread: GUI thread.
class ExamplePanel : public QWidget {
    Q_OBJECT
public:
    ExamplePanel(ExampleListModel& examples, PictureLoader& pictures, QWidget* parent = nullptr);
    void setWords(const QString& caption, const QString& empty);
    /// Marks the row without choosing it; -1 marks none.
    void setCurrent(int row);
    SampleListView* view() const { return view_; }

Q_SIGNALS:
    void chosen(int row);

private:
    QLabel* caption_;
    SampleListView* view_;
    bool quiet_ = false;  ///< the selection is moved by us
};

}  // namespace switchyard::ui
